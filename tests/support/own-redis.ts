import { startTestRedis, type TestRedisServer } from '@backend-jobs/local-services';
import { test as base } from 'vitest';
import { openWorld, type World } from './world.ts';

/** Nobody reaches the limit. */
export const countedRequests = { RATE_LIMIT: '1000000/1m' };

/**
 * A world whose Redis can be killed, frozen and filled. It loses nothing that it has acknowledged. Requests are counted
 * there, as they are by default, so that none is accepted without it, whatever keeps the sign-ups.
 */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: how vitest wants to be told that a fixture needs no other
  .extend('redis', { scope: 'file' }, async ({}, { onCleanup }): Promise<TestRedisServer> => {
    const redis = await startTestRedis({ appendfsync: 'always' });
    onCleanup(() => redis.stop());
    return redis;
  })
  .extend('world', { scope: 'file' }, async ({ redis }, { onCleanup }): Promise<World> => {
    const opened = new AsyncDisposableStack();
    onCleanup(() => opened.disposeAsync());
    return openWorld(opened, redis, countedRequests);
  });
