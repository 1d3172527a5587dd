import { createSignUpProducer, type QueueShard, spreadSignUpProducer } from '@backend-jobs/jobs';
import type { ReplicaFence, Shards } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import { createAcceptanceCheck, createIdMaker, type Stores } from '@backend-jobs/sign-ups';
import { createIdempotencyKeys, spreadIdempotencyKeys } from '../idempotency/idempotency-keys.ts';
import { createFencedIntake } from './fenced-intake.ts';
import type { Intake, OnAccepted } from './intake.ts';
import { createQueueIntake } from './queue-intake.ts';
import { createStoreIntake } from './store-intake.ts';

interface Deps extends Pick<Stores, 'signUpStore' | 'accepted'> {
  shards: Shards<QueueShard>;
  hash: KeyedHash;
  onAccepted?: OnAccepted | undefined;
  /** Where a sign-up is accepted only when the replicas of Redis have it, too. */
  fences?: Shards<ReplicaFence> | undefined;
}

/** Accepts sign-ups where those that wait are kept: in PostgreSQL (`accepted`), or in the queues. */
export const createIntake = (deps: Deps): Intake => {
  const { shards, hash, signUpStore, accepted, onAccepted, fences } = deps;
  const producer = spreadSignUpProducer(shards.map(({ queues }) => createSignUpProducer(queues)));
  const createId = createIdMaker({ shards: shards.all.length, hash });
  const keys = shards.map(({ connection, keyPrefix }) =>
    createIdempotencyKeys(connection, { keyPrefix, hash }),
  );
  const intake = accepted
    ? createStoreIntake({ accepted, producer, hash, createId, onAccepted })
    : createQueueIntake({
        signUpStore,
        producer,
        idempotencyKeys: spreadIdempotencyKeys(keys, hash),
        createId,
        requireAcceptance: requireAcceptanceBy(shards),
        onAccepted,
      });
  return fences ? createFencedIntake(intake, fences) : intake;
};

/** Users move to PostgreSQL from one shard alone. Of several, the first must not be asked about each sign-up in another. */
const requireAcceptanceBy = (shards: Shards<QueueShard>): (() => Promise<void>) => {
  const { connection, keyPrefix } = shards.first;
  return shards.all.length === 1 ? createAcceptanceCheck(connection, keyPrefix) : async () => {};
};
