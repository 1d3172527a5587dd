import { createHash } from 'node:crypto';
import { openTestRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRedisUserStore } from '../src/index.ts';
import { describeUserStore } from './user-store-contract.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('base64url');

let redis: Awaited<ReturnType<typeof openTestRedis>>;
let connection: Redis;
let stores = 0;

beforeAll(async () => {
  redis = await openTestRedis();
  connection = new Redis(redis.url);
});
afterAll(async () => {
  connection.disconnect();
  await redis.stop();
});

const emptyPrefix = () => {
  stores += 1;
  return `${redis.prefix}:${stores}`;
};

describeUserStore('Redis', async () => createRedisUserStore(connection, { keyPrefix: emptyPrefix(), hash }));

test('no key holds an address', async () => {
  const prefix = emptyPrefix();
  const store = createRedisUserStore(connection, { keyPrefix: prefix, hash });
  await store.create('019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10', {
    name: 'Ada',
    email: 'ada@example.com',
    locale: 'en',
  });
  const keys = await connection.keys(`${prefix.replace('{', '\\{')}*`);
  expect(keys).toHaveLength(4);
  expect(keys.join()).not.toContain('ada');
});

test('a rejection expires, and a user does not', async () => {
  const prefix = emptyPrefix();
  const store = createRedisUserStore(connection, { keyPrefix: prefix, hash });
  const ada = { name: 'Ada', email: 'ada@example.com', locale: 'en' } as const;
  await store.create('kept', ada);
  await store.create('rejected', ada);
  expect(await connection.ttl(`${prefix}:sign-up:kept`)).toBe(-1);
  expect(await connection.ttl(`${prefix}:sign-up:rejected`)).toBeGreaterThan(29 * 24 * 60 * 60);
});
