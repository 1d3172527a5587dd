import { randomUUIDv7 } from 'node:crypto';
import { startTestRedis } from '@backend-jobs/local-services';
import { connectSubscriber, oneShard, parseRedisUrl } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createRedisSignUpChanges, openStores } from '../src/index.ts';
import { ada } from './contracts/ada.ts';
import { describeChanges } from './contracts/changes-contract.ts';

let redis: Awaited<ReturnType<typeof startTestRedis>>;
let connection: Redis;
let keyPrefix: string;
let stores: ReturnType<typeof openStores>;
let id: string;

beforeAll(async () => {
  redis = await startTestRedis();
  connection = new Redis(redis.url);
});
afterAll(async () => {
  connection.disconnect();
  await redis.stop();
});
beforeEach(() => {
  keyPrefix = `{test}:${crypto.randomUUID()}`;
  stores = openStores(oneShard(connection, keyPrefix), { hashSecret: 'for-tests' });
  id = randomUUIDv7();
});

const openChanges = (url = redis.serviceUrl) => {
  const subscriber = connectSubscriber(parseRedisUrl(url), { name: 'changes', keyPrefix });
  onTestFinished(() => subscriber.disconnect());
  const refusals: string[] = [];
  const onRefused = ({ message }: Error) => refusals.push(message);
  return { changes: createRedisSignUpChanges(subscriber, { keyPrefix, onRefused }), refusals };
};

/** Counts how often it is told to look at the sign-up. */
const countLooks = (changes: ReturnType<typeof openChanges>['changes']) => {
  const counted = { looks: 0, stop: () => {} };
  counted.stop = changes.follow(id, () => {
    counted.looks += 1;
  });
  return counted;
};

const subscribed = async () => (await connection.pubsub('NUMSUB', `${keyPrefix}:sign-up:${id}`))[1];
/** Sooner than whatever is looked at in any case, which is after 15 s. */
const soon = { timeout: 8_000 };

const made = () => stores.signUpStore.create(id, ada);
const sending = async () => {
  await made();
  await stores.welcomeEmails.claim(id, 'token', { maxCopies: 3, job: 1, start: 1, lost: 0 });
};

describeChanges(async () => ({ stores, changes: openChanges().changes }));

describe('a sign-up is looked at again when', () => {
  test('somebody else follows it already', async () => {
    const { changes } = openChanges();
    const first = countLooks(changes);
    await expect.poll(() => first.looks, soon).toBeGreaterThan(0);
    const second = countLooks(changes);
    await expect.poll(() => second.looks, soon).toBeGreaterThan(0);
    second.stop();
    const before = [first.looks, second.looks];
    await made();
    await expect.poll(() => first.looks, soon).toBeGreaterThan(before[0] ?? 0);
    expect(second.looks).toBe(before[1]);
  });

  test('the connection was lost and is back, and afterwards as before', async () => {
    const counted = countLooks(openChanges().changes);
    const more = async (act: () => Promise<unknown>) => {
      const before = counted.looks;
      await act();
      await expect.poll(() => counted.looks, soon).toBeGreaterThan(before);
    };
    await more(() => expect.poll(subscribed, soon).toBe(1));
    await more(async () => {
      await connection.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await expect.poll(subscribed, soon).toBe(1);
    });
    await more(made);
  });
});

test('nothing is opened before somebody follows, and nothing is subscribed when nobody does', async () => {
  const connections = () => connection.client('LIST');
  await expect.poll(connections).not.toContain('name=changes'); // that of the test before may be closing
  const { changes } = openChanges();
  expect(await connections()).not.toContain('name=changes');
  const { stop } = countLooks(changes);
  await expect.poll(subscribed).toBe(1);
  expect(await connections()).toContain('name=changes');
  stop();
  await expect.poll(subscribed).toBe(0);
});

test('a Redis user without channels writes as before, and what is followed is looked at each second', async () => {
  await connection.call(
    'ACL',
    'SETUSER',
    'mute',
    'on',
    '>secret',
    '~*',
    '+@all',
    '-@pubsub',
    'resetchannels',
  );
  const asMute = (url: string) => url.replace('//', '//mute:secret@');
  const mute = new Redis(asMute(redis.url));
  onTestFinished(() => mute.disconnect());
  stores = openStores(oneShard(mute, keyPrefix), { hashSecret: 'for-tests' });
  const { changes, refusals } = openChanges(asMute(redis.serviceUrl));
  const counted = countLooks(changes);
  await sending();
  const sent = { status: 'sent', isFinal: true, countsAttempt: true } as const;
  expect(await stores.welcomeEmails.settle(id, 'token', sent)).toBe(true);
  await stores.signUpStore.recordFailure(randomUUIDv7());
  await expect.poll(() => counted.looks).toBeGreaterThan(2);
  expect(refusals).toEqual([expect.stringContaining('NOPERM')]);
});
