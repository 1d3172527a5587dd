import { oneShard } from '@backend-jobs/redis';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { createCountCaller } from '../src/plugins/count-callers.ts';
import { test as base, type TestApi } from './support/test-api.ts';

const durationMs = 60_000;

/** What counts in a replica, with one shard: a place is not looked for by a hash then. */
const openCounter = ({ connection }: TestApi, keyPrefix: string) => {
  const countCaller = createCountCaller(oneShard(connection, keyPrefix), () => {
    throw new Error('There is nothing to hash');
  });
  return async (caller: string, isCounted = true): Promise<number> =>
    (await countCaller({ caller, durationMs, isCounted })).count;
};

/** What counts in a replica of a version that has `@fastify/rate-limit`. */
const openCounterOfBefore = async (connection: Redis, keyPrefix: string) => {
  const app = fastify();
  await app.register(rateLimit, { global: false, redis: connection, nameSpace: `${keyPrefix}:limit:` });
  const limit = app.createRateLimit({ max: 5, timeWindow: durationMs, keyGenerator: ({ id }) => id });
  return async (caller: string): Promise<number> => {
    const state = await limit({ id: caller, routeOptions: {} } as FastifyRequest);
    return 5 - (state as { remaining: number }).remaining;
  };
};

let counters = 0;
const test = base
  .extend('keyPrefix', ({ redis }) => {
    counters += 1;
    return `${redis.prefix}:count-callers-${counters}`;
  })
  .extend('operator', async ({ redis }, { onCleanup }) => {
    const operator = new Redis(redis.url);
    onCleanup(() => operator.disconnect());
    return operator;
  })
  .extend('count', ({ api, keyPrefix }) => openCounter(api, keyPrefix));

test('the requests of one turn have places in the order in which they came, each of its caller', async ({
  count,
}) => {
  await count('ada');
  const counts = ['ada', 'bob', 'ada', 'ada', 'bob', 'eve'].map((caller) => count(caller));
  expect(await Promise.all(counts)).toEqual([2, 1, 3, 4, 2, 1]);
  expect(await count('ada')).toBe(5);
});

test('the requests of one turn are counted by one command, which has each caller once', async ({
  count,
  keyPrefix,
  operator,
}) => {
  await count('ada');
  const monitor = await operator.monitor();
  const commands: string[] = [];
  monitor.on('monitor', (_time, [command, ...rest]: string[]) => {
    if (rest.some((word) => word.startsWith(`${keyPrefix}:limit:`)))
      commands.push(`${command}`.toLowerCase());
  });
  await Promise.all(['ada', 'bob', 'ada'].map((caller) => count(caller)));
  await expect.poll(() => commands.filter((command) => command === 'incrby')).toHaveLength(2);
  expect(commands.filter((command) => command === 'evalsha')).toHaveLength(1);
  monitor.disconnect();
});

test('looking at a count changes nothing, also among those who are counted', async ({
  count,
  keyPrefix,
  operator,
}) => {
  expect(await Promise.all([count('ada', false), count('ada'), count('ada', false)])).toEqual([0, 1, 1]);
  expect(await count('bob', false)).toBe(0);
  expect(await operator.keys(`${keyPrefix}:limit:*bob*`)).toEqual([]);
});

test('a replica of a version with @fastify/rate-limit counts together with this one', async ({
  count,
  keyPrefix,
  operator,
}) => {
  const countBefore = await openCounterOfBefore(operator, keyPrefix);
  expect(await countBefore('ada')).toBe(1);
  expect(await count('ada')).toBe(2);
  expect(await countBefore('ada')).toBe(3);
  expect(await count('eve')).toBe(1);
  expect(await countBefore('eve')).toBe(2);
});

test('a count that would stay for ever gets its time', async ({ count, keyPrefix, operator }) => {
  await count('ada');
  const [key = ''] = await operator.keys(`${keyPrefix}:limit:*`);
  await operator.persist(key);
  await count('ada');
  expect(await operator.pttl(key)).toBeGreaterThan(59_000);
});
