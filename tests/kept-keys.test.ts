import { startTestRedis } from '@backend-jobs/local-services';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { store } from './support/test-store.ts';
import { openWorld, type World } from './support/world.ts';

const twoHoursMs = 2 * 60 * 60 * 1_000;

/** Signs people up, and has their jobs end two hours ago. Returns once the worker has removed those. */
const settleLongAgo = async (world: World, redis: Redis): Promise<string[]> => {
  const queues = ['users', 'emails'].map(
    (name) => new Queue(name, { connection: redis, prefix: '{backend-jobs}' }),
  );
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
const keysForGood = async (redis: Redis): Promise<string[]> => {
  const keys = await redis.keys('*');
  const lives = await Promise.all(keys.map((key) => redis.pttl(key)));
  return keys.filter((_, index) => lives[index] === -1);
};

const membersOf = async (redis: Redis, key: string): Promise<string[]> => {
  const type = await redis.type(key);
  if (type === 'set') return redis.smembers(key);
  if (type === 'zset') return redis.zrange(key, '0', '-1');
  if (type === 'hash') return redis.hkeys(key);
  return type === 'list' ? redis.lrange(key, 0, -1) : []; // a stream keeps the last 10,000 events
};

test('what a settled sign-up leaves in Redis is its user, or with PostgreSQL nothing: its jobs go, although no other job ends', async ({
  onTestFinished,
}) => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const server = await startTestRedis();
  opened.defer(() => server.stop());
  const redis = new Redis(server.url);
  opened.defer(() => redis.disconnect());
  const world = await openWorld(opened, server, { RECONCILE_INTERVAL: '500ms' });
  const ids = await settleLongAgo(world, redis);
  const keys = await keysForGood(redis);
  const ofUsers = keys.filter((key) => /:(sign-up|email):|:users$/.test(key));
  expect(ofUsers).toHaveLength(store === 'redis' ? 2 * ids.length + 1 : 0);
  const others = keys.filter((key) => !ofUsers.includes(key));
  expect(others.length).toBeLessThan(30);
  const named = await Promise.all(others.map(async (key) => [key, ...(await membersOf(redis, key))]));
  expect(named.flat().filter((name) => ids.some((id) => name.includes(id)))).toEqual([]);
});
