import { randomUUIDv7 } from 'node:crypto';
import { startRedis } from '@backend-jobs/local-services';
import { connectSubscriber, parseRedisUrl } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createRedisSignUpChanges, openStores } from '../src/index.ts';
import { ada } from './contracts/ada.ts';

let redis: Awaited<ReturnType<typeof startRedis>>;
let connection: Redis;
let keyPrefix: string;
let stores: ReturnType<typeof openStores>;
let id: string;

beforeAll(async () => {
  redis = await startRedis();
  connection = new Redis(redis.url);
});
afterAll(async () => {
  connection.disconnect();
  await redis.stop();
});
beforeEach(() => {
  keyPrefix = `{test}:${crypto.randomUUID()}`;
  stores = openStores(connection, { keyPrefix, hashSecret: 'for-tests' });
  id = randomUUIDv7();
});

const openChanges = (url = redis.url) => {
  const subscriber = connectSubscriber(parseRedisUrl(url), 'changes');
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
/** Sooner than whatever is looked at in any case. */
const soon = { timeout: 3_000 };

const run = { maxCopies: 3, job: 1, start: 1, lost: 0 };
const made = () => stores.signUpStore.create(id, ada);
const sending = async () => {
  await made();
  await stores.welcomeEmails.claim(id, 'token', run);
};
const settle = (settlement: { status: 'sent' | 'pending'; isFinal: boolean }) =>
  stores.welcomeEmails.settle(id, 'token', { countsAttempt: true, ...settlement });

describe('what a client sees of a sign-up is looked at again when', () => {
  test.for<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ['its user is made', async () => {}, made],
    ['it is rejected', () => stores.signUpStore.create(randomUUIDv7(), ada), made],
    ['it fails', async () => {}, () => stores.signUpStore.recordFailure(id)],
    ['it is removed', async () => {}, () => stores.signUpStore.recordRemoval(id)],
    ['it is deleted', made, () => stores.signUpStore.delete(id)],
    ['its email is being sent', made, () => stores.welcomeEmails.claim(id, 'token', run)],
    ['its email is sent', sending, () => settle({ status: 'sent', isFinal: true })],
    ['its email has to wait', sending, () => settle({ status: 'pending', isFinal: false })],
    ['its email is given up', made, () => stores.welcomeEmails.giveUp(id, 'no')],
    ['its email is withdrawn', made, () => stores.welcomeEmails.withdraw(id, 'no')],
    [
      'its email has been sent too often without an answer',
      sending,
      () => stores.welcomeEmails.claim(id, 'other', { ...run, start: 2, maxCopies: 1 }),
    ],
  ])('%s', async ([_, before, change]) => {
    await before();
    const counted = countLooks(openChanges().changes);
    await expect.poll(() => counted.looks, soon).toBe(1); // it is subscribed
    await change();
    await expect.poll(() => counted.looks, soon).toBe(2);
  });

  test('somebody else follows it already', async () => {
    const { changes } = openChanges();
    const first = countLooks(changes);
    await expect.poll(() => first.looks, soon).toBe(1);
    const second = countLooks(changes);
    expect(second.looks).toBe(1);
    second.stop();
    await made();
    await expect.poll(() => first.looks, soon).toBe(2);
    expect(second.looks).toBe(1);
  });

  test('the connection was lost and is back, and afterwards as before', async () => {
    const counted = countLooks(openChanges().changes);
    await expect.poll(() => counted.looks, soon).toBe(1);
    await connection.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await expect.poll(() => counted.looks, soon).toBe(2);
    await made();
    await expect.poll(() => counted.looks, soon).toBe(3);
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
  const url = redis.url.replace('//', '//mute:secret@');
  const mute = new Redis(url);
  onTestFinished(() => mute.disconnect());
  stores = openStores(mute, { keyPrefix, hashSecret: 'for-tests' });
  const { changes, refusals } = openChanges(url);
  const counted = countLooks(changes);
  await sending();
  expect(await settle({ status: 'sent', isFinal: true })).toBe(true);
  await stores.signUpStore.recordFailure(randomUUIDv7());
  await expect.poll(() => counted.looks).toBeGreaterThan(2);
  expect(refusals).toEqual([expect.stringContaining('NOPERM')]);
});
