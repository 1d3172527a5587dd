import { randomUUIDv7 } from 'node:crypto';
import { openTestRedis } from '@backend-jobs/local-services';
import { oneShard } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStores, type SignUpEvents, type SignUpLimits } from '../src/index.ts';
import { ada } from './contracts/ada.ts';
import { describeSignUpEvents } from './contracts/sign-up-events-contract.ts';
import { describeSignUpStore } from './contracts/sign-up-store-contract.ts';
import { describeWelcomeEmailLedger } from './contracts/welcome-email-ledger-contract.ts';

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

const emptyStores = (limits?: SignUpLimits, events?: SignUpEvents) => {
  prefixes += 1;
  const keyPrefix = `${redis.prefix}:${prefixes}`;
  return {
    keyPrefix,
    ...openStores(oneShard(connection, keyPrefix), {
      hashSecret: 'for-tests',
      ...(limits && { limits }),
      ...(events && { events }),
    }),
  };
};

describeSignUpStore('Redis', async (limits) => emptyStores(limits));
describeWelcomeEmailLedger('Redis', async () => emptyStores());
describeSignUpEvents('Redis', async (events) => emptyStores(undefined, events));

describe('what Redis holds', () => {
  test('has no address in the name of a key', async () => {
    const { keyPrefix, signUpStore } = emptyStores();
    await signUpStore.create(randomUUIDv7(), ada);
    const keys = await connection.keys(`${keyPrefix.replace('{', '\\{')}*`);
    expect(keys).toHaveLength(4);
    expect(keys.join()).not.toContain('ada@');
  });

  test('is compact for a welcome that was sent, also from a long domain, and no more than is needed', async () => {
    const { keyPrefix, signUpStore, welcomeEmails } = emptyStores();
    const id = randomUUIDv7();
    await signUpStore.create(id, ada);
    await welcomeEmails.claim(id, 'token', { maxCopies: 3, job: 1, start: 1, lost: 0 });
    const messageId = `<welcome.${id}@a-domain-with-a-rather-long-name.example.com>`;
    const sent = { status: 'sent', isFinal: true, countsAttempt: true, messageId } as const;
    await welcomeEmails.settle(id, 'token', { ...sent, sentAt: new Date().toISOString() });
    const record = `${keyPrefix}:sign-up:${id}`;
    expect(await connection.object('ENCODING', record)).toBe('listpack');
    expect(await connection.hlen(record)).toBe(11);
    expect(await signUpStore.find(id)).toMatchObject({ welcomeEmail: { messageId } });
  });

  test('is searched once for emails that ended before the unsent ones were kept', async () => {
    const { keyPrefix, signUpStore, welcomeEmails } = emptyStores();
    const ids = Array.from({ length: 2_500 }, () => randomUUIDv7());
    await Promise.all(
      ids.map((id, index) => signUpStore.create(id, { ...ada, email: `${index}@example.com` })),
    );
    const old = [ids[3], ids[1_999], ids[2_400]] as string[];
    for (const id of old) await welcomeEmails.giveUp(id, 'stalled too often');
    await connection.hset(`${keyPrefix}:sign-up:${ids[4]}`, {
      emailStatus: 'failed',
      emailIsSettled: 1,
      emailIsWithdrawn: 1,
    });
    await connection.del(`${keyPrefix}:unsent`);
    const find = async () => (await Array.fromAsync(welcomeEmails.findUnsent({}))).flat().map(({ id }) => id);
    expect((await find()).sort()).toEqual(old.sort());
    await connection.zrem(`${keyPrefix}:unsent`, old[0] as string);
    expect(await find()).toHaveLength(2);
  });

  test('keeps a rejection for 30 days and a user for good', async () => {
    const { keyPrefix, signUpStore } = emptyStores();
    const [kept, rejected] = [randomUUIDv7(), randomUUIDv7()];
    await signUpStore.create(kept, ada);
    await signUpStore.create(rejected, ada);
    expect(await connection.ttl(`${keyPrefix}:sign-up:${kept}`)).toBe(-1);
    expect(await connection.ttl(`${keyPrefix}:sign-up:${rejected}`)).toBeGreaterThan(29 * 24 * 60 * 60);
  });

  test('is checked: a record that lacks a field is an error, which names it and shows no value', async () => {
    const { keyPrefix, signUpStore } = emptyStores();
    const id = randomUUIDv7();
    await signUpStore.create(id, ada);
    await connection.hdel(`${keyPrefix}:sign-up:${id}`, 'createdAt');
    const error = await signUpStore.find(id).catch((reason: Error) => reason);
    expect(error).toMatchObject({
      name: 'CorruptRecordError',
      message: expect.stringMatching(new RegExp(`^The record of sign-up ${id} .*'createdAt'$`)),
    });
    expect(String(error)).not.toContain('ada@');
  });
});
