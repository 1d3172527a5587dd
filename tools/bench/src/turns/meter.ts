import { exactProcessorMs } from '@backend-jobs/local-services';
import type { Redis } from 'ioredis';
import { appendOnlyBytes, redisMainThreadMs } from '../redis-facts.ts';

/** What has been used so far of each thing: µs of processor time, or bytes. */
export type Usage<Thing extends string> = Record<Thing, number>;

/** Reads what has been used. `pid` is the process of the contender whose turn it is. */
export type Meter<Thing extends string> = (pid: number) => Promise<Usage<Thing>>;

/** What a contender uses that has no database but Redis. */
export type OnRedis = 'process' | 'redis' | 'file';

/** All threads of the process, the main thread of Redis, and the bytes of its append-only file. */
export const createRedisMeter =
  (redis: Redis): Meter<OnRedis> =>
  async (pid) => {
    const [processMs, redisMs, file] = await Promise.all([
      exactProcessorMs(pid),
      redisMainThreadMs(redis),
      appendOnlyBytes(redis),
    ]);
    return { process: processMs * 1_000, redis: redisMs * 1_000, file };
  };

/** What was used between two readings, for each of `count`. */
export const usedForEach = <Thing extends string>(
  count: number,
  before: Usage<Thing>,
  after: Usage<Thing>,
): Usage<Thing> => {
  const used = { ...before };
  for (const thing of Object.keys(before) as Thing[]) used[thing] = (after[thing] - before[thing]) / count;
  return used;
};
