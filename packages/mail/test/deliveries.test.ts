import { openTestRedis } from '@backend-jobs/local-services';
import { createHourlyCounter, type HourlyCounter } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDeliveries } from '../src/deliveries.ts';
import { countDeliveries, deliveriesLayout, type Mailer } from '../src/index.ts';

let redis: Awaited<ReturnType<typeof openTestRedis>>;
let connection: Redis;
let prefixes = 0;

beforeAll(async () => {
  redis = await openTestRedis();
  connection = new Redis(redis.url);
});
afterAll(async () => {
  connection.disconnect();
  await redis.stop();
});

/** A mailer whose server ends each message as its recipient's name says. */
const mailer: Mailer = {
  connect: async () => ({
    kind: 'connected',
    courier: {
      send: async ({ to }) => ({ kind: to.split('@')[0] as 'sent' }),
      [Symbol.dispose]: () => {},
    },
  }),
  close: () => {},
};

const open = () => {
  prefixes += 1;
  const prefix = `${redis.prefix}:${prefixes}`;
  return { prefix, counter: createHourlyCounter(connection, deliveriesLayout(prefix)) };
};

const send = async (counter: HourlyCounter, to: string, count: number) => {
  for (let sent = 0; sent < count; sent += 1) {
    const connected = await countDeliveries(mailer, counter).connect();
    if (connected.kind === 'connected')
      await connected.courier.send({ to } as Parameters<typeof connected.courier.send>[0]);
  }
};

test('deliveries are added up by registrable domain, those of small ones together', async () => {
  const { prefix, counter } = open();
  await send(counter, 'sent@mx.example.com', 3);
  await counter.flush();
  await send(counter, 'sent@example.com', 3);
  await send(counter, 'deferred@example.com', 1);
  await send(counter, 'refused@example.org', 4);
  await send(counter, 'suspect@example.org', 1);
  await send(counter, 'uncertain@small.example', 4);
  await send(counter, 'sent@tiny.example', 1);
  await send(counter, 'crowded@example.com', 9);
  expect(await readDeliveries(connection, prefix, 0)).toEqual([
    { domain: 'other', taken: 3, deferred: 0, refused: 0, uncertain: 0 },
  ]);
  await counter.flush();
  await counter.flush();
  const deliveries = await readDeliveries(connection, prefix, 0);
  expect(deliveries).toEqual([
    { domain: 'example.com', taken: 6, deferred: 1, refused: 0, uncertain: 0 },
    { domain: 'example.org', taken: 0, deferred: 0, refused: 5, uncertain: 0 },
    { domain: 'other', taken: 1, deferred: 0, refused: 0, uncertain: 4 },
  ]);
  expect(await readDeliveries(connection, prefix, Date.now() + 3_600_001)).toEqual([]);
});

test('strangers who make up domains fill neither memory nor Redis, and nothing is kept for ever', async () => {
  const { prefix, counter } = open();
  for (let index = 0; index < 2_500; index += 1) counter.add(`taken d${index}.example`);
  await counter.flush();
  for (let index = 0; index < 10; index += 1) counter.add('refused late.example');
  await counter.flush();
  const [key = ''] = await connection.keys(`${prefix.replace('{', '\\{')}:deliveries:*`);
  expect(await connection.hlen(key)).toBeLessThanOrEqual(2_002);
  expect(await connection.ttl(key)).toBeGreaterThan(48 * 3_600);
  expect(await connection.ttl(key)).toBeLessThanOrEqual(49 * 3_600);
  expect(await readDeliveries(connection, prefix, 0)).toEqual([
    { domain: 'other', taken: 2_500, deferred: 0, refused: 10, uncertain: 0 },
  ]);
});

test('what Redis did not take is written down the next time', async () => {
  const { prefix, counter } = open();
  await connection.set(`${prefix}:deliveries:${Math.floor(Date.now() / 3_600_000)}`, 'in the way');
  await send(counter, 'sent@example.com', 6);
  await counter.flush();
  await connection.del(`${prefix}:deliveries:${Math.floor(Date.now() / 3_600_000)}`);
  await counter.flush();
  expect(await readDeliveries(connection, prefix, 0)).toMatchObject([{ domain: 'example.com', taken: 6 }]);
});
