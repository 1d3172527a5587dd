import { readOldestWaitingMs } from '@backend-jobs/jobs';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** How long what was read is used again: whoever can ask at all can't keep Redis busy by it. */
const validMs = 500;

/** Returns `undefined` while that is not known, since Redis is away. */
export type ReadWaitingAge = () => Promise<number | undefined>;

/**
 * How many seconds the oldest job of all these queues has waited for its first start; 0 if none does. This is what tells
 * whether more workers are needed. A paused queue does not count, since they could not take its jobs.
 *
 * Each connection has to be one whose commands fail at once while Redis is away, and its queue has to use it.
 */
export const createWaitingAgeReader = ({
  queues,
  isRedisAway,
}: {
  queues: readonly { queue: Queue; connection: Redis }[];
  isRedisAway: () => boolean;
}): ReadWaitingAge => {
  let last: ReturnType<ReadWaitingAge> = Promise.resolve(undefined);
  let validUntilMs = Number.NEGATIVE_INFINITY;

  const ageOf = async ({ queue, connection }: (typeof queues)[number]): Promise<number> => {
    const [isPaused, sinceMs] = await Promise.all([queue.isPaused(), readOldestWaitingMs(queue, connection)]);
    return isPaused || sinceMs === undefined ? 0 : Math.max(0, Date.now() - sinceMs) / 1_000;
  };

  return async () => {
    if (isRedisAway()) return undefined;
    if (performance.now() >= validUntilMs) {
      validUntilMs = performance.now() + validMs;
      last = Promise.all(queues.map(ageOf)).then(
        (ages) => Math.max(0, ...ages),
        () => undefined,
      );
    }
    return last;
  };
};
