import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startTestRedis, type TestRedisServer } from '@backend-jobs/local-services';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectDashboard, connectProducer, connectWorker, parseRedisUrl } from '../src/index.ts';

/** One of its own, since a test pauses it. */
let redis: TestRedisServer;
let connection: Redis;
const keyPrefix = '{test}';

beforeEach(async () => {
  redis = await startTestRedis();
  connection = connectProducer(parseRedisUrl(redis.serviceUrl), { name: 'test', keyPrefix });
  await once(connection, 'ready');
});
afterEach(async () => {
  connection.disconnect();
  await redis.stop();
});

test('the commands of one turn of the event loop leave together, in their order', async () => {
  const { stream } = connection;
  const key = `${keyPrefix}:list`;
  const lengths = Array.from({ length: 10 }, (_, index) => connection.rpush(key, index));
  const waitingBytes = stream.writableLength;
  expect(waitingBytes).toBeGreaterThan(10 * key.length);
  await nextTurn();
  expect(stream.writableLength).toBe(0);
  expect(await Promise.all(lengths)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await connection.lrange(key, 0, -1)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
});

test.for([
  { kind: 'a producer', connect: connectProducer },
  { kind: 'a worker', connect: connectWorker },
])(
  '$kind never goes on in another database than the one that it was given',
  async ({ connect }, { onTestFinished }) => {
    const astray = connect({ ...parseRedisUrl(redis.serviceUrl), db: 99 }, { name: 'astray', keyPrefix });
    onTestFinished(() => astray.disconnect());
    const errors: string[] = [];
    let isReady = false;
    astray.on('error', (error) => errors.push(error.message));
    astray.on('ready', () => {
      isReady = true;
    });
    const key = `${keyPrefix}:astray`;
    astray.set(key, '1').catch(() => {});
    await expect.poll(() => errors.length).toBeGreaterThan(1); // it tries again
    expect(errors[0]).toMatch(/DB index is out of range|SELECT is not allowed in cluster mode/);
    expect(isReady).toBe(false);
    expect(await connection.exists(key)).toBe(0);
  },
);

test('commands that had not left when the line broke fail, and are not sent later', async () => {
  const key = `${keyPrefix}:counter`;
  const lost = connection.incr(key);
  connection.stream.destroy();
  await expect(lost).rejects.toThrow();
  await expect.poll(() => connection.status).toBe('ready');
  expect(await connection.incr(key)).toBe(1);
});

test('a silence that ends the connection of a producer is borne by that of the dashboard', async ({
  onTestFinished,
}) => {
  const dashboard = connectDashboard(parseRedisUrl(redis.serviceUrl), {
    name: 'dashboard',
    keyPrefix,
  });
  onTestFinished(() => dashboard.disconnect());
  await once(dashboard, 'ready');
  await dashboard.client('PAUSE', 1_500);
  const [served, long] = await Promise.allSettled([connection.get('key'), dashboard.get('key')]);
  expect(served.status).toBe('rejected');
  expect(long).toEqual({ status: 'fulfilled', value: null });
});
