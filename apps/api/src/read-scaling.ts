import { readOldestWaitingMs } from '@backend-jobs/jobs';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** How long what was read is used again: whoever can ask at all can't keep Redis busy by it. */
const validMs = 500;

/** What tells whether there are too few workers, or too many. */
interface Scaling {
  /** How long the oldest job has waited for its first start; 0 if none does. */
  oldestWaitingSeconds: number;
  /** How many jobs the workers have at the moment. */
  activeJobs: number;
}

/** Returns `undefined` while that is not known, since Redis is away. */
export type ReadScaling = () => Promise<Scaling | undefined>;

/**
 * Reads it of all these queues together. A job that waits in a paused queue does not count, since no worker could take it.
 *
 * Each connection has to be one whose commands fail at once while Redis is away, and its queue has to use it.
 */
export const createScalingReader = ({
  queues,
  isRedisAway,
}: {
  queues: readonly { queue: Queue; connection: Redis }[];
  isRedisAway: () => boolean;
}): ReadScaling => {
  let last: ReturnType<ReadScaling> = Promise.resolve(undefined);
  let validUntilMs = Number.NEGATIVE_INFINITY;

  const read = async (): Promise<Scaling> => {
    const all = await Promise.all(queues.map(readQueue));
    return {
      oldestWaitingSeconds: Math.max(0, ...all.map(({ waitingMs }) => waitingMs)) / 1_000,
      activeJobs: all.reduce((sum, { active }) => sum + active, 0),
    };
  };

  return async () => {
    if (isRedisAway()) return undefined;
    if (performance.now() >= validUntilMs) {
      validUntilMs = performance.now() + validMs;
      last = read().catch(() => undefined);
    }
    return last;
  };
};

const readQueue = async ({ queue, connection }: { queue: Queue; connection: Redis }) => {
  const [isPaused, sinceMs, active] = await Promise.all([
    queue.isPaused(),
    readOldestWaitingMs(queue, connection),
    connection.llen(queue.toKey('active')),
  ]);
  return { active, waitingMs: isPaused || sinceMs === undefined ? 0 : Date.now() - sinceMs };
};
