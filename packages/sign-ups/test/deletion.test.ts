import { randomUUIDv7 } from 'node:crypto';
import { openTestRedis } from '@backend-jobs/local-services';
import { oneShard } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStores, type SignUpStore, type UserId } from '../src/index.ts';
import { ada } from './contracts/ada.ts';

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

const dayInSeconds = 24 * 60 * 60;

const createAda = async (): Promise<{ keyPrefix: string; signUpStore: SignUpStore; id: UserId }> => {
  const keyPrefix = `${redis.prefix}:${randomUUIDv7()}`;
  const { signUpStore } = openStores(oneShard(connection, keyPrefix), { hashSecret: 'for-tests' });
  const id = randomUUIDv7();
  await signUpStore.create(id, ada);
  return { keyPrefix, signUpStore, id };
};

describe('of a user who was deleted', () => {
  test('Redis keeps the mark alone, for longer than anything that could bring the user back', async () => {
    const { keyPrefix, signUpStore, id } = await createAda();
    await signUpStore.delete(id);
    const record = `${keyPrefix}:sign-up:${id}`;
    expect(await connection.keys(`${keyPrefix}*`)).toEqual([record]);
    expect(await connection.hgetall(record)).toEqual({ outcome: 'deleted' });
    expect(await connection.ttl(record)).toBeGreaterThan(89 * dayInSeconds);
  });

  test('the email is free again', async () => {
    const { signUpStore, id } = await createAda();
    await signUpStore.delete(id);
    expect(await signUpStore.findIdByEmail(ada.email)).toBeUndefined();
    expect(await signUpStore.create(randomUUIDv7(), ada)).toMatchObject({ outcome: 'created' });
  });
});
