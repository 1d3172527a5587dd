import { type ReconcileSignUpsPayload, reconcileSignUps, type SignUpFlow } from '@backend-jobs/jobs';
import type { UserId, UserStore } from '@backend-jobs/sign-ups';
import type { JobReport, Task } from './task.ts';

/** How many are looked up at once, and how many are looked at. */
const pageSize = 1_000;
const sideBySide = 20;

/**
 * Finds the sign-ups that hang, and mends them: users whose email has no outcome and no job, and parents that are parked
 * for nothing. Users younger than `graceMs` are left alone: their jobs are about to come to them.
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
      const unwelcomed = await readAll((page) => users.findUnwelcomed(beforeMs, page));
      const parked = await readAll((page) => signUps.findParked(page));
      const report: JobReport = { live: 0, attached: 0, freed: 0, ended: 0, failed: 0 };
      const ids = new Set([...unwelcomed, ...parked]).values();
      const reconcileNext = async () => {
        for (const id of ids) {
          // One that can't be mended, since its job goes away meanwhile, must not keep the others from it.
          const found = await reconcile(id).catch(() => 'failed');
          report[found] = Number(report[found]) + 1;
        }
      };
      await Promise.all(Array.from({ length: sideBySide }, reconcileNext));
      return report;
    },

    giveUp: async () => {},
  };
};

const readAll = async (
  read: (page: { offset: number; count: number }) => Promise<UserId[]>,
): Promise<UserId[]> => {
  const ids: UserId[] = [];
  for (let isLast = false; !isLast; ) {
    const page = await read({ offset: ids.length, count: pageSize });
    ids.push(...page);
    isLast = page.length < pageSize;
  }
  return ids;
};
