import { type ReconcileSignUpsPayload, reconcileSignUpsJob, type SignUpRepair } from '@backend-jobs/jobs';
import type { AcceptedSignUps, SignUpStore, UserId, WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { JobReport, Processor } from './processor.ts';

/** How many ids are read at once, and how many sign-ups are looked at side by side. */
const pageSize = 1_000;
const sideBySide = 20;

/**
 * Finds the sign-ups that hang, and repairs them: users whose email has no outcome and no job, and parents that are
 * parked although their email has ended. Users younger than `graceMs` are left alone: their jobs are about to come to
 * them. Where sign-ups wait in the store, it also adds the jobs of those that have none: that is how they survive the loss
 * of the queue. And it removes what need not be kept any longer.
 */
export const reconcileSignUpsProcessor = ({
  signUpStore,
  welcomeEmails,
  accepted,
  repair,
  graceMs,
  isOwn = () => true,
}: {
  signUpStore: SignUpStore;
  welcomeEmails: WelcomeEmailLedger;
  accepted?: AcceptedSignUps | undefined;
  repair: SignUpRepair;
  graceMs: number;
  /** Whether this shard has the jobs of a sign-up. Each shard has a reconciler, and PostgreSQL has the sign-ups of all. */
  isOwn?: (id: UserId) => boolean;
}): Processor<typeof ReconcileSignUpsPayload> => {
  const reconcile = async (id: UserId): Promise<string> => {
    const repaired = await repair.repair(id, () => welcomeEmails.lastJob(id));
    if (repaired.found === 'ended') await welcomeEmails.giveUp(id, repaired.failure);
    return repaired.found;
  };

  const requeue = async (id: UserId): Promise<string> => {
    const found = await repair.requeue(id);
    if (found !== 'failed') return found;
    await signUpStore.recordFailure(id);
    return 'ended';
  };

  return {
    job: reconcileSignUpsJob,

    process: async () => {
      const promoted = await repair.promoteFarOff();
      const report: JobReport = { live: 0, attached: 0, freed: 0, ended: 0, failed: 0, promoted };
      const doAll = async (ids: Iterator<UserId>, work: (id: UserId) => Promise<string>) => {
        const doNext = async () => {
          for (let next = ids.next(); !next.done; next = ids.next()) {
            // One that can't be repaired, since its job goes away meanwhile, must not hold up the others.
            const found = await work(next.value).catch(() => 'failed');
            report[found] = Number(report[found] ?? 0) + 1;
          }
        };
        await Promise.all(Array.from({ length: sideBySide }, doNext));
      };
      const seen = new Set<UserId>();
      const reconcileNew = async (ids: UserId[]) => {
        const fresh = new Set(ids).difference(seen);
        for (const id of fresh) seen.add(id);
        await doAll(fresh.values(), reconcile);
      };
      for await (const page of welcomeEmails.findOpen(graceMs)) await reconcileNew(page.filter(isOwn));
      await reconcileNew(await readParked(repair));
      for await (const page of queuedPages(accepted, graceMs)) {
        const own = page.filter(isOwn);
        const unqueued = await repair.findUnqueued(own);
        report.live = Number(report.live) + own.length - unqueued.length;
        await doAll(unqueued.values(), requeue);
      }
      report.expired = (await repair.removeOldJobs()) + ((await accepted?.removeExpired()) ?? 0);
      return { next: 'completed', report };
    },

    giveUp: async () => {},
  };
};

/** Page by page: a backlog can be longer than what should be in memory. */
async function* queuedPages(accepted: AcceptedSignUps | undefined, ageMs: number): AsyncGenerator<UserId[]> {
  let page: UserId[] = [];
  do {
    page = (await accepted?.findQueued(ageMs, { after: page.at(-1), limit: pageSize })) ?? [];
    yield page;
  } while (page.length === pageSize);
}

/** All of them before any is repaired: each has its place, which changes when one before it is. */
const readParked = async (repair: SignUpRepair): Promise<UserId[]> => {
  const ids: UserId[] = [];
  for (let isLast = false; !isLast; ) {
    const page = await repair.findParked({ offset: ids.length, count: pageSize });
    ids.push(...page);
    isLast = page.length < pageSize;
  }
  return ids;
};
