import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { keyedTest as base } from './world.ts';

/** `queues` and `redis`: the world as somebody sees it who looks into its Redis by hand. */
export const test = base
  .extend('redis', { scope: 'file' }, async ({ world }, { onCleanup }) => {
    const redis = new Redis(world.env.REDIS_URL as string, { maxRetriesPerRequest: null });
    onCleanup(() => redis.disconnect());
    return redis;
  })
  .extend('queues', { scope: 'file' }, async ({ world, redis }) => {
    const open = (name: string) =>
      new Queue(name, { connection: redis, prefix: world.env.KEY_PREFIX as string });
    return { users: open('users'), emails: open('emails'), maintenance: open('maintenance') };
  });
