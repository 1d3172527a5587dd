import { openTestRedis } from '@backend-jobs/local-services';
import { type Shard, Shards } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createBucketOf, createIdMaker, openStores, type Stores } from '../src/index.ts';
import { describeList } from './contracts/list-contract.ts';
import { describeWelcomeEmailLedger } from './contracts/welcome-email-ledger-contract.ts';

// The ids of the contracts lead to any shard.
vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof import('node:crypto')>();
  const randomUUIDv7 = () => {
    const id = crypto.randomUUIDv7();
    return `${id.slice(0, 14)}8${id.slice(15)}`;
  };
  return { ...crypto, randomUUIDv7 };
});

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

const openShards = (): Shards<Shard> => {
  prefixes += 1;
  const all = Array.from({ length: 16 }, (_, place) => `${redis.prefix}:${prefixes}:${place}`);
  return new Shards(all.map((keyPrefix) => ({ name: keyPrefix, keyPrefix, connection })));
};
const emptyStores = async (): Promise<Stores> => openStores(openShards(), { hashSecret: 'for-tests' });

describeWelcomeEmailLedger('Redis in 16 shards', emptyStores);
describe('SignUpStore in Redis in 16 shards', () => {
  let stores: Stores;
  beforeEach(async () => {
    stores = await emptyStores();
  });
  describeList(() => stores);
});

test('an id leads to the shard of its mailbox, whatever tag the address has', () => {
  const hash = (text: string) => Buffer.from(text.padEnd(9, '.')).toString('base64url');
  const createId = createIdMaker({ shards: 16, hash });
  const places = new Shards(Array.from({ length: 16 }, (_, place) => place));
  for (const email of ['ada@example.com', 'ADA+news@example.com', 'grace@example.com']) {
    const bucket = createBucketOf(hash)(email);
    expect(places.of(createId(email))).toBe(places.ofBucket(bucket));
  }
  expect(createBucketOf(hash)('ADA+news@example.com')).toBe(createBucketOf(hash)('ada@example.com'));
});
