import { oneShard } from '@backend-jobs/redis';
import { openStores } from '@backend-jobs/sign-ups';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { openPatientDatabase } from './test-store.ts';
import { keyedTest as base } from './world.ts';

/** `queues`, `redis` and `stores`: the world as somebody sees it who looks into its Redis and its store by hand. */
export const test = base
  .extend('redis', { scope: 'file' }, async ({ world }, { onCleanup }) => {
    const redis = new Redis(world.redisUrl, { maxRetriesPerRequest: null });
    onCleanup(() => redis.disconnect());
    return redis;
  })
  .extend('queues', { scope: 'file' }, async ({ world, redis }) => {
    const open = (name: string) =>
      new Queue(name, { connection: redis, prefix: world.env.KEY_PREFIX as string });
    return { users: open('users'), emails: open('emails'), maintenance: open('maintenance') };
  })
  .extend('stores', { scope: 'file' }, async ({ world, redis }, { onCleanup }) => {
    const { KEY_PREFIX: keyPrefix = '', DATABASE_URL: url } = world.env;
    const database = url === undefined ? undefined : openPatientDatabase(url);
    onCleanup(() => database?.close());
    // Nobody is looked for by the address, which is hashed in Redis.
    return openStores(oneShard(redis, keyPrefix), { hashSecret: 'not-that-of-the-apps', database });
  });
