import { startRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { keysForGood, settleLongAgo } from './support/kept-keys.ts';
import { openWorld } from './support/world.ts';

test('a settled sign-up keeps its record and its place in the index; its jobs go, although no other job ends', async ({
  onTestFinished,
}) => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const server = await startRedis();
  opened.defer(() => server.stop());
  const redis = new Redis(server.url);
  opened.defer(() => redis.disconnect());
  const world = await openWorld(opened, server, { RECONCILE_INTERVAL: '500ms' });
  const ids = await settleLongAgo(world, redis, '{backend-jobs}');
  const keys = await keysForGood(redis);
  const ofSignUps = keys.filter((key) => /:(sign-up|email):/.test(key));
  expect(ofSignUps).toHaveLength(2 * ids.length);
  const others = keys.filter((key) => !ofSignUps.includes(key));
  expect(others.filter((key) => ids.some((id) => key.includes(id)))).toEqual([]);
  expect(others.length).toBeLessThan(30);
});
