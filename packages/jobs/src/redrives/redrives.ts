import { randomUUIDv7 } from 'node:crypto';
import { redisNowMs } from '@backend-jobs/redis';
import type { SignUpStore, WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';
import type { Queues } from '../queues.ts';
import { nameSelected } from './name-selected.ts';
import {
  mostNamed,
  type Redrive,
  type RedriveExample,
  type RedriveOrder,
  type RedriveSelection,
} from './redrive.ts';
import { redriveJob, redriveJobId } from './redrive-job.ts';
import { createRedriveStore } from './redrive-store.ts';

const mostExamples = 5;

/**
 * Runs again, when an operator asks, what has failed: each once, with all its attempts, at a rate. Workers do it, so it
 * continues when the process that has started it dies.
 */
export interface Redrives {
  /** The dry run: names what is selected, 100,000 at most, and keeps that for an hour. It changes no job. */
  plan(selection: RedriveSelection): Promise<Redrive>;
  /**
   * Starts one that is planned. It takes what was named, and nothing else: a job that was retried or removed, or that has
   * failed anew since, is skipped. Returns `false` when it is not planned (any more).
   */
  start(id: string, order: RedriveOrder): Promise<boolean>;
  /** Stops one that runs, before the next job. What it has taken stays taken. Returns `false` when it does not run. */
  stop(id: string, by: string): Promise<boolean>;
  find(id: string): Promise<Redrive | undefined>;
  /** The last 100, the newest first. Those that were started are kept for 30 days. */
  list(): Promise<Redrive[]>;
}

interface Deps {
  connection: Redis;
  prefix: string;
  queues: Queues;
  signUpStore: SignUpStore;
  welcomeEmails: WelcomeEmailLedger;
}

export const createRedrives = (deps: Deps): Redrives => {
  const { connection, prefix, queues } = deps;
  const store = createRedriveStore(connection, prefix);
  /** One after the other, since each may name 100,000, and only then makes the older ones go. */
  let lastPlan: Promise<unknown> = Promise.resolve();

  const plan = async (selection: RedriveSelection): Promise<Redrive> => {
    const id = randomUUIDv7();
    const plannedMs = await redisNowMs(connection);
    const examples: RedriveExample[] = [];
    let named = 0;
    let hasMore = false;
    for await (const page of nameSelected(deps, selection)) {
      const taken = page.slice(0, mostNamed - named);
      await store.name(id, taken);
      for (const { id: failed, atMs, reason } of taken.slice(0, mostExamples - examples.length))
        examples.push({ id: failed, failedAtMs: atMs, reason });
      named += taken.length;
      hasMore = taken.length < page.length;
      if (hasMore) break;
    }
    await store.plan({ id, selection, examples, named, hasMore, plannedMs, taken: 0, skipped: 0 });
    return (await store.find(id)) as Redrive;
  };

  return {
    plan: (selection) => {
      const planned = lastPlan.then(() => plan(selection));
      lastPlan = planned.catch(() => {});
      return planned;
    },

    start: async (id, order) => {
      if (!(await store.start(id, order))) return false;
      // If this process dies right here, a worker adds the job within a minute.
      await addRedriveJob(queues, id);
      return true;
    },

    stop: store.stop,
    find: store.find,
    list: store.list,
  };
};

export const addRedriveJob = async ({ maintenance }: Queues, redriveId: string): Promise<void> => {
  const options = { ...redriveJob.options, jobId: redriveJobId(redriveId) };
  await maintenance.add(redriveJob.name, { redriveId }, options);
};
