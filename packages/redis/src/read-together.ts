import type { Redis } from 'ioredis';
import { CoalescingRedis } from './coalescing-redis.ts';

/**
 * Returns a function that reads the string of a key. What is asked for in one turn of the event loop is read by one command,
 * and each key once: a command costs the processes on both sides more than a key does.
 */
export const createReader = (redis: Redis): ((key: string) => Promise<string | null>) => {
  let asked = new Map<string, PromiseWithResolvers<string | null>>();

  const send = async (): Promise<void> => {
    const batch = [...asked];
    asked = new Map();
    try {
      const values = await redis.mget(batch.map(([key]) => key));
      for (const [index, [, { resolve }]] of batch.entries()) resolve(values[index] ?? null);
    } catch (error) {
      for (const [, { reject }] of batch) reject(error);
    }
  };

  return (key) => {
    const earlier = asked.get(key);
    if (earlier) return earlier.promise;
    const answer = Promise.withResolvers<string | null>();
    if (asked.size === 0) {
      if (redis instanceof CoalescingRedis) redis.atEndOfTurn(send);
      else setImmediate(send);
    }
    asked.set(key, answer);
    return answer.promise;
  };
};
