import { randomUUIDv7 } from 'node:crypto';
import { openTestRedis, type TestRedis } from '@backend-jobs/local-services';
import { oneShard } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forgetMove, isUsersMoved, openStores, readMove, type Stores, writeMove } from '../src/index.ts';
import { ada } from './contracts/ada.ts';
import { run, sent } from './contracts/ledger-scene.ts';

let redis: TestRedis;
let connection: Redis;

beforeAll(async () => {
  redis = await openTestRedis();
  connection = new Redis(redis.url);
});
afterAll(async () => {
  connection.disconnect();
  await redis.stop();
});

/** Everything that changes a sign-up which was accepted. */
const changes: Record<string, (stores: Stores, id: string) => Promise<unknown>> = {
  create: ({ signUpStore }) => signUpStore.create(randomUUIDv7(), ada),
  delete: ({ signUpStore }, id) => signUpStore.delete(id),
  recordFailure: ({ signUpStore }) => signUpStore.recordFailure(randomUUIDv7()),
  recordRemoval: ({ signUpStore }) => signUpStore.recordRemoval(randomUUIDv7()),
  claim: ({ welcomeEmails }, id) => welcomeEmails.claim(id, 'other', run),
  settle: ({ welcomeEmails }, id) => welcomeEmails.settle(id, 'token', sent),
  giveUp: ({ welcomeEmails }, id) => welcomeEmails.giveUp(id, 'because'),
  withdraw: ({ welcomeEmails }, id) => welcomeEmails.withdraw(id, 'because'),
};

test.for(Object.entries(changes))(
  'from the last step of a move on, Redis refuses %s, and changes nothing',
  async ([, change]) => {
    const keyPrefix = `${redis.prefix}:${randomUUIDv7()}`;
    const stores = openStores(oneShard(connection, keyPrefix), { hashSecret: 'for-tests' });
    const id = randomUUIDv7();
    await stores.signUpStore.create(id, ada);
    await stores.welcomeEmails.claim(id, 'token', run);
    const record = await connection.hgetall(`${keyPrefix}:sign-up:${id}`);
    for (const state of ['finishing', 'moved'] as const) {
      await writeMove(connection, keyPrefix, { id: 'some-move', state });
      const error = await change(stores, id).catch((reason: unknown) => reason);
      expect(isUsersMoved(error)).toBe(true);
      expect(await connection.hgetall(`${keyPrefix}:sign-up:${id}`)).toEqual(record);
    }
    await writeMove(connection, keyPrefix, { id: 'some-move', state: 'copying' });
    await change(stores, id);
    await forgetMove(connection, keyPrefix);
    expect(await readMove(connection, keyPrefix)).toBeUndefined();
  },
);
