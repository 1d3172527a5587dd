import { type ReconcileSignUpsPayload, reconcileSignUps, type SignUpFlow } from '@backend-jobs/jobs';
import type { UserId, UserStore } from '@backend-jobs/users';
import type { JobReport, Task } from './task.ts';

/** How many are looked at in one run, of those that wait for an email and of those that are parked. */
const batch = 1_000;

/**
 * Finds the sign-ups that hang, and mends them: users whose email has no outcome and no job, and parents that are parked
 * for nothing. Those younger than `graceMs` are left alone: their jobs are about to come to them.
 */
export const reconcileSignUpsTask = ({
  users,
  signUps,
  graceMs,
}: {
  users: UserStore;
  signUps: SignUpFlow;
  graceMs: number;
}): Task<typeof ReconcileSignUpsPayload> => {
  const reconcile = async (id: UserId): Promise<string> => {
    const repair = await signUps.repair(id);
    if (repair.found === 'ended') await users.giveUpWelcomeEmail(id, repair.failure);
    return repair.found;
  };

  return {
    definition: reconcileSignUps,

    process: async () => {
      const beforeMs = Date.now() - graceMs;
      const unwelcomed = await users.findUnwelcomed(beforeMs, batch);
      const parked = await signUps.findParked(beforeMs, batch);
      const report: JobReport = { live: 0, attached: 0, freed: 0, ended: 0 };
      for (const id of new Set([...unwelcomed, ...parked])) {
        const found = await reconcile(id);
        report[found] = Number(report[found]) + 1;
      }
      return report;
    },

    giveUp: async () => {},
  };
};
