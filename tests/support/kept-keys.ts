import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import type { World } from './world.ts';

const twoHoursMs = 2 * 60 * 60 * 1_000;

/** Signs people up, and has their jobs end two hours ago. Returns once the worker has removed those. */
export const settleLongAgo = async (world: World, redis: Redis, prefix: string): Promise<string[]> => {
  const queues = ['users', 'emails'].map((name) => new Queue(name, { connection: redis, prefix }));
  const completed = () => Promise.all(queues.map((queue) => queue.getCompletedCount()));
  const ids = await world.signUpMany(20, 'kept');
  await expect.poll(completed).toEqual([ids.length, ids.length]);
  const pipeline = redis.pipeline();
  for (const queue of queues)
    for (const { id = '', finishedOn = 0 } of await queue.getCompleted()) {
      pipeline.hset(queue.toKey(id), { finishedOn: finishedOn - twoHoursMs });
      pipeline.zadd(queue.toKey('completed'), finishedOn - twoHoursMs, id);
    }
  await pipeline.exec();
  await expect.poll(completed).toEqual([0, 0]);
  return ids;
};

/** The keys that stay until somebody removes them. */
export const keysForGood = async (redis: Redis): Promise<string[]> => {
  const keys = await redis.keys('*');
  const lives = await Promise.all(keys.map((key) => redis.pttl(key)));
  return keys.filter((_, index) => lives[index] === -1).sort();
};
