import { defineScript } from '@backend-jobs/redis';
import type { WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';
import type { Queues } from '../queues.ts';
import { emailJobId, userIdOfEmailJob } from '../send-welcome-email-job.ts';
import { addWelcomeEmail } from '../welcome-email-child.ts';
import type { Named } from './named.ts';
import type { Redrive } from './redrive.ts';
import { redriveJobId } from './redrive-job.ts';
import { createRedriveStore } from './redrive-store.ts';
import { addRedriveJob } from './redrives.ts';
import { createNamedRetry, type Taking } from './retry-named-job.ts';

/** How long one run works, and how many jobs it takes at the same time. */
const runMs = 1_000;
const sideBySide = 100;

const countNamed = defineScript(new URL('./count-named.lua', import.meta.url), {
  keys: ['redrive'],
  args: ['position', 'result'],
});

/** What the workers do with redrives. */
export interface RedriveRunner {
  /** Takes what is due in about a second. Returns in how many ms the next run is due, or the redrive if it has ended. */
  advance(id: string): Promise<{ dueInMs: number } | { ended: Redrive | undefined }>;
  /** Adds the job of each redrive that runs and has none: it was removed or lost, or its workers died too often. */
  resume(): Promise<void>;
}

interface Deps {
  connection: Redis;
  prefix: string;
  queues: Queues;
  welcomeEmails: WelcomeEmailLedger;
}

/**
 * One atomic step retries a job and moves the redrive on to the next one. So a worker may die at any moment, and a worker
 * that was taken for dead may continue beside its successor.
 */
export const createRedriveRunner = ({ connection, prefix, queues, welcomeEmails }: Deps): RedriveRunner => {
  const store = createRedriveStore(connection, prefix);
  const retryNamed = createNamedRetry(connection);
  const count = countNamed(connection);

  const queueOf = ({ selection }: Redrive) =>
    selection.kind === 'failed-jobs' ? queues[selection.queue] : queues.emails;

  /**
   * Adds the job of an email once: as long as it exists, adding it again changes nothing, and once it has run, the email has
   * not ended when it was named.
   */
  const addEmail = async (redriveId: string, { id: userId, atMs }: Named): Promise<'taken' | 'skipped'> => {
    const requestId = redriveJobId(redriveId);
    const jobIsOurs = async (): Promise<boolean | undefined> => {
      const job = await queues.emails.getJob(emailJobId(userId));
      return job && job.data?.requestId === requestId;
    };
    const existing = await jobIsOurs();
    if (existing !== undefined) return existing ? 'taken' : 'skipped';
    if ((await welcomeEmails.unsentSince(userId)) !== atMs) return 'skipped';
    const lastJob = await welcomeEmails.lastJob(userId);
    await addWelcomeEmail(queues, { userId, requestId, parent: undefined, lastJob });
    // Another process may have been faster. A job that is gone by now has run.
    return (await jobIsOurs()) === false ? 'skipped' : 'taken';
  };

  const takeEmail = async (redrive: Redrive, named: Named, position: number): Promise<Taking> => {
    const { state, taken, skipped } = (await store.find(redrive.id)) ?? redrive;
    if (state !== 'running') return 'ended';
    if (taken + skipped !== position) return 'elsewhere';
    const result = userIdOfEmailJob(emailJobId(named.id)) ? await addEmail(redrive.id, named) : 'skipped';
    const keys = { redrive: store.keyOf(redrive.id) };
    return (await count({ keys, args: { position, result } })) as Taking;
  };

  const takePage = async (redrive: Redrive, page: Named[], from: number): Promise<Taking[]> => {
    const takings: Promise<Taking>[] = [];
    for (const [index, named] of page.entries()) {
      const position = from + index;
      if (named.kind === 'job') {
        const at = { redriveKey: store.keyOf(redrive.id), position };
        takings.push(retryNamed(queueOf(redrive), named, at));
      } else {
        await Promise.all(takings);
        takings.push(Promise.resolve(await takeEmail(redrive, named, position)));
      }
    }
    return Promise.all(takings);
  };

  /** Returns false when there is nothing more to do, now or for good. */
  const takeNext = async (id: string, end: number): Promise<boolean> => {
    const redrive = await store.find(id);
    if (redrive?.state !== 'running') return false;
    const position = redrive.taken + redrive.skipped;
    if (position >= end) return false;
    const page = await store.read(id, position, Math.min(sideBySide, end - position));
    if (page.length === 0) return !(await store.stop(id, 'Redis, which has lost what was named'));
    await takePage(redrive, page, position);
    return true;
  };

  return {
    advance: async (id) => {
      const startedAtMs = performance.now();
      const elapsedMs = () => performance.now() - startedAtMs;
      const redrive = await store.find(id);
      const { named = 0, taken = 0, skipped = 0, order } = redrive ?? {};
      // A whole number of jobs, in the time that they may take.
      const perSecond = order?.perSecond ?? 1;
      const most = Math.ceil(perSecond);
      const end = Math.min(named, taken + skipped + most);
      while (elapsedMs() < runMs && (await takeNext(id, end)));
      await store.finish(id);
      const after = await store.find(id);
      return after?.state === 'running'
        ? { dueInMs: Math.max(0, Math.ceil((1_000 * most) / perSecond - elapsedMs())) }
        : { ended: after };
    },

    resume: async () => {
      const running = (await store.list()).filter(({ state }) => state === 'running');
      for (const { id } of running) {
        const job = await queues.maintenance.getJob(redriveJobId(id));
        if (job && job.finishedOn === undefined) continue;
        await job?.remove();
        await addRedriveJob(queues, id);
      }
    },
  };
};
