import { type ReconcileSignUpsPayload, reconcileSignUpsJob, type SignUpRepair } from '@backend-jobs/jobs';
import type { UserId, WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { JobReport, Processor } from './processor.ts';

/** How many ids are read at once, and how many sign-ups are looked at side by side. */
const pageSize = 1_000;
const sideBySide = 20;

/**
 * Finds the sign-ups that hang, and repairs them: users whose email has no outcome and no job, and parents that are
 * parked although their email has ended. Users younger than `graceMs` are left alone: their jobs are about to come to
 * them.
 */
export const reconcileSignUpsProcessor = ({
  welcomeEmails,
  repair,
  graceMs,
}: {
  welcomeEmails: WelcomeEmailLedger;
  repair: SignUpRepair;
  graceMs: number;
}): Processor<typeof ReconcileSignUpsPayload> => {
  const reconcile = async (id: UserId): Promise<string> => {
    const repaired = await repair.repair(id);
    if (repaired.found === 'ended') await welcomeEmails.giveUp(id, repaired.failure);
    return repaired.found;
  };

  return {
    job: reconcileSignUpsJob,

    process: async () => {
      const open = await readAll((page) => welcomeEmails.findOpen(graceMs, page));
      const parked = await readAll((page) => repair.findParked(page));
      const promoted = await repair.promoteFarOff();
      const report: JobReport = { live: 0, attached: 0, freed: 0, ended: 0, failed: 0, promoted };
      const ids = new Set([...open, ...parked]).values();
      const reconcileNext = async () => {
        for (const id of ids) {
          // One that can't be repaired, since its job goes away meanwhile, must not hold up the others.
          const found = await reconcile(id).catch(() => 'failed');
          report[found] = Number(report[found]) + 1;
        }
      };
      await Promise.all(Array.from({ length: sideBySide }, reconcileNext));
      return { next: 'completed', report };
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
