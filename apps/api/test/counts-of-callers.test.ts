import { openTestRedis } from '@backend-jobs/local-services';
import { oneShard } from '@backend-jobs/redis';
import { createKeyedHash } from '@backend-jobs/runtime';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCountsOfCallers } from '../src/plugins/counts-of-callers.ts';

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

type Limiter = (caller: string, options?: { increment: boolean }) => Promise<{ remaining: number }>;

/** Five in a minute, counted by this replica or by one of a version that has the plugin's own store. */
const openLimiter = async (name: string, isOfVersionBefore = false): Promise<Limiter> => {
  const keyPrefix = `${redis.prefix}:${name}`;
  const app = fastify();
  const store = createCountsOfCallers(oneShard(connection, keyPrefix), createKeyedHash('secret'));
  await app.register(rateLimit, {
    global: false,
    ...(isOfVersionBefore ? { redis: connection, nameSpace: `${keyPrefix}:limit:` } : { store }),
  });
  const limit = app.createRateLimit({ max: 5, timeWindow: 60_000, keyGenerator: ({ id }) => id });
  return async (caller, options) => {
    const request = { id: caller, routeOptions: {} } as FastifyRequest;
    const { remaining } = (await limit(request, options)) as { remaining: number };
    return { remaining };
  };
};

const remainingOf = async (answers: ReturnType<Limiter>[]) =>
  (await Promise.all(answers)).map(({ remaining }) => remaining);

test('the requests of one turn have places in the order in which they came, each of its caller', async () => {
  const limit = await openLimiter('places');
  await limit('ada');
  const answers = ['ada', 'bob', 'ada', 'ada', 'bob', 'eve'].map((caller) => limit(caller));
  expect(await remainingOf(answers)).toEqual([3, 4, 2, 1, 3, 4]);
});

test('the requests of one turn are counted by one command', async () => {
  const limit = await openLimiter('commands');
  await limit('ada');
  const monitor = await connection.monitor();
  const commands: string[] = [];
  monitor.on('monitor', (_time, [command, ...rest]: string[]) => {
    if (rest.some((word) => word.includes(':commands:limit:'))) commands.push(`${command}`.toLowerCase());
  });
  await Promise.all(['ada', 'bob', 'ada'].map((caller) => limit(caller)));
  await expect.poll(() => commands.filter((command) => command === 'incrby')).toHaveLength(2);
  expect(commands.filter((command) => command === 'evalsha')).toHaveLength(1);
  monitor.disconnect();
});

test('looking at a count changes nothing, also among those who are counted', async () => {
  const limit = await openLimiter('look');
  const look = { increment: false };
  expect(await remainingOf([limit('ada', look), limit('ada'), limit('ada', look)])).toEqual([5, 4, 4]);
  expect(await remainingOf([limit('bob', look)])).toEqual([5]);
  expect(await connection.keys(`${redis.prefix}:look:limit:*bob*`)).toEqual([]);
});

test('a replica of the version before counts together with this one', async () => {
  const [ours, before] = await Promise.all([openLimiter('replicas'), openLimiter('replicas', true)]);
  expect(await before('ada')).toEqual({ remaining: 4 });
  expect(await ours('ada')).toEqual({ remaining: 3 });
  expect(await before('ada')).toEqual({ remaining: 2 });
  expect(await ours('eve')).toEqual({ remaining: 4 });
  expect(await before('eve')).toEqual({ remaining: 3 });
});

test('a count that would stay for ever gets its time', async () => {
  const limit = await openLimiter('for-ever');
  await limit('ada');
  const [key = ''] = await connection.keys(`${redis.prefix}:for-ever:limit:*`);
  await connection.persist(key);
  await limit('ada');
  expect(await connection.pttl(key)).toBeGreaterThan(59_000);
});
