import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { keysForGood, settleLongAgo } from './support/kept-keys.ts';
import { test } from './support/own-postgres.ts';

test('a settled sign-up leaves nothing in Redis', async ({ world, redis: server, onTestFinished }) => {
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  const first = await settleLongAgo(world, redis, '{backend-jobs}');
  const keys = await keysForGood(redis);
  expect(keys.filter((key) => first.some((id) => key.includes(id)))).toEqual([]);
  expect(keys.length).toBeLessThan(30);
  // Nor does what there is once grow with them. The streams of events keep the last 10,000, and the durations a week.
  const ids = new Set(first);
  for (const key of keys) {
    const type = await redis.type(key);
    if (type === 'set') expect((await redis.smembers(key)).filter((member) => ids.has(member))).toEqual([]);
    if (type === 'zset')
      expect((await redis.zrange(key, '0', '-1')).filter((member) => ids.has(member))).toEqual([]);
    if (type === 'hash')
      expect(Object.keys(await redis.hgetall(key)).filter((field) => ids.has(field))).toEqual([]);
    if (type === 'list') expect(await redis.llen(key)).toBe(0);
  }
});
