import type { ReplicaFence, Shards } from '@backend-jobs/redis';
import type { Intake } from './intake.ts';

/**
 * Answers a sign-up only when the replicas have it, too. One that was refused for their sake may be in the queue all the
 * same; a client that sends it again with its idempotency key gets its id then.
 */
export const createFencedIntake = (intake: Intake, fences: Shards<ReplicaFence>): Intake => ({
  ...intake,
  start: async (...signUp) => {
    const id = await intake.start(...signUp);
    await fences.of(id)();
    return id;
  },
});
