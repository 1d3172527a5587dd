import { randomUUIDv7 } from 'node:crypto';
import { redisNowMs } from '@backend-jobs/redis';
import type { Queues } from '../queues.ts';
import { type NameDeps, nameSelected } from './name-selected.ts';
import { mostNamed, type Redrive, type RedriveExample, type RedriveSelection } from './redrive.ts';
import { redriveJob, redriveJobId } from './redrive-job.ts';
import { createRedriveStore } from './redrive-store.ts';

const mostExamples = 5;

/**
 * Runs again, when an operator asks, what has failed: each once, with all its attempts, at a rate. Workers do it, so it
 * continues when the process that has started it dies.
 */
export interface Redrives {
  /** The dry run: names what is selected, 100,000 at most, and keeps that for an hour. It changes no job. */
  plan(selection: RedriveSelection, part?: RedrivePart): Promise<Redrive>;
  /**
   * Starts one that is planned. It takes what was named, and nothing else: a job that was retried or removed, or that has
   * failed anew since, is skipped. Returns `false` when it is not planned (any more).
   */
  start(id: string, order: StartOrder): Promise<boolean>;
  /** Stops one that runs, before the next job. What it has taken stays taken. Returns `false` when it does not run. */
  stop(id: string, by: string): Promise<boolean>;
  find(id: string): Promise<Redrive | undefined>;
  /** The last 100, the newest first. Those that were started are kept for 30 days. */
  list(): Promise<Redrive[]>;
}

/** As `RedriveOrder`, but a part may take less than one a second. */
type StartOrder = NonNullable<Redrive['order']>;

/** The part of a redrive in one shard: the id that all its parts have, and how many this one may name. */
interface RedrivePart {
  id: string;
  most: number;
}

interface Deps extends NameDeps {
  prefix: string;
}

export const createRedrives = (deps: Deps): Redrives => {
  const { connection, prefix, queues } = deps;
  const store = createRedriveStore(connection, prefix);
  /** One after the other, since each may name 100,000, and only then makes the older ones go. */
  let lastPlan: Promise<unknown> = Promise.resolve();

  const plan = async (selection: RedriveSelection, { id, most }: RedrivePart): Promise<Redrive> => {
    const plannedMs = await redisNowMs(connection);
    const examples: RedriveExample[] = [];
    let named = 0;
    let hasMore = false;
    for await (const page of nameSelected(deps, selection)) {
      const taken = page.slice(0, most - named);
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
    plan: (selection, part = { id: randomUUIDv7(), most: mostNamed }) => {
      const planned = lastPlan.then(() => plan(selection, part));
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

export const addRedriveJob = async ({ maintenance, optionsOf }: Queues, redriveId: string): Promise<void> => {
  const options = { ...optionsOf(redriveJob), jobId: redriveJobId(redriveId) };
  await maintenance.add(redriveJob.name, { redriveId }, options);
};
