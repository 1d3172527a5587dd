import { openTestRedis } from '@backend-jobs/local-services';
import { oneShard } from '@backend-jobs/redis';
import { createKeyedHash } from '@backend-jobs/runtime';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCountCaller } from '../src/plugins/count-callers.ts';

let redis: Awaited<ReturnType<typeof openTestRedis>>;
let connection: Redis;

beforeAll(async () => {
  redis = await openTestRedis();
  connection = new Redis(redis.url);
});
afterAll(async () => {
  connection.disconnect();
  await redis.stop();
});

const durationMs = 60_000;

/** What counts in this replica. */
const openCounter = (name: string) => {
  const shards = oneShard(connection, `${redis.prefix}:${name}`);
  const countCaller = createCountCaller(shards, createKeyedHash('secret'));
  return async (caller: string, isCounted = true): Promise<number> =>
    (await countCaller({ caller, durationMs, isCounted })).count;
};

/** What counts in a replica of a version that has `@fastify/rate-limit`. */
const openCounterOfBefore = async (name: string) => {
  const app = fastify();
  const nameSpace = `${redis.prefix}:${name}:limit:`;
  await app.register(rateLimit, { global: false, redis: connection, nameSpace });
  const limit = app.createRateLimit({ max: 5, timeWindow: durationMs, keyGenerator: ({ id }) => id });
  return async (caller: string): Promise<number> => {
    const state = await limit({ id: caller, routeOptions: {} } as FastifyRequest);
    return 5 - (state as { remaining: number }).remaining;
  };
};

test('the requests of one turn have places in the order in which they came, each of its caller', async () => {
  const count = openCounter('places');
  await count('ada');
  const counts = ['ada', 'bob', 'ada', 'ada', 'bob', 'eve'].map((caller) => count(caller));
  expect(await Promise.all(counts)).toEqual([2, 1, 3, 4, 2, 1]);
  expect(await count('ada')).toBe(5);
});

test('the requests of one turn are counted by one command, which has each caller once', async () => {
  const count = openCounter('commands');
  await count('ada');
  const monitor = await connection.monitor();
  const commands: string[] = [];
  monitor.on('monitor', (_time, [command, ...rest]: string[]) => {
    if (rest.some((word) => word.includes(':commands:limit:'))) commands.push(`${command}`.toLowerCase());
  });
  await Promise.all(['ada', 'bob', 'ada'].map((caller) => count(caller)));
  await expect.poll(() => commands.filter((command) => command === 'incrby')).toHaveLength(2);
  expect(commands.filter((command) => command === 'evalsha')).toHaveLength(1);
  monitor.disconnect();
});

test('looking at a count changes nothing, also among those who are counted', async () => {
  const count = openCounter('look');
  expect(await Promise.all([count('ada', false), count('ada'), count('ada', false)])).toEqual([0, 1, 1]);
  expect(await count('bob', false)).toBe(0);
  expect(await connection.keys(`${redis.prefix}:look:limit:*bob*`)).toEqual([]);
});

test('a replica of a version with @fastify/rate-limit counts together with this one', async () => {
  const count = openCounter('replicas');
  const countBefore = await openCounterOfBefore('replicas');
  expect(await countBefore('ada')).toBe(1);
  expect(await count('ada')).toBe(2);
  expect(await countBefore('ada')).toBe(3);
  expect(await count('eve')).toBe(1);
  expect(await countBefore('eve')).toBe(2);
});

test('a count that would stay for ever gets its time', async () => {
  const count = openCounter('for-ever');
  await count('ada');
  const [key = ''] = await connection.keys(`${redis.prefix}:for-ever:limit:*`);
  await connection.persist(key);
  await count('ada');
  expect(await connection.pttl(key)).toBeGreaterThan(59_000);
});
