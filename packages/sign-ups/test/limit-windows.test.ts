import { randomUUIDv7 } from 'node:crypto';
import { openTestRedis } from '@backend-jobs/local-services';
import { oneShard } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { openStores } from '../src/index.ts';
import { ada } from './contracts/ada.ts';

test('a window begins with its first user: those who follow do not make it longer', async () => {
  await using opened = new AsyncDisposableStack();
  const redis = await openTestRedis();
  opened.defer(() => redis.stop());
  const connection = new Redis(redis.url);
  opened.defer(() => connection.disconnect());
  const limits = { perMailbox: { max: 3, durationMs: 60_000 }, perDomain: undefined };
  const { signUpStore } = openStores(oneShard(connection, redis.prefix), { hashSecret: 'x', limits });
  const signUp = (tag: string) =>
    signUpStore.create(randomUUIDv7(), { ...ada, email: `ada+${tag}@example.com` });

  await signUp('1');
  // As if half of the window had passed.
  const [count = ''] = await connection.keys(`${redis.prefix}:of-mailbox:*`);
  await connection.pexpire(count, 30_000);
  await signUp('2');
  await signUp('3');
  expect(await signUp('4')).toMatchObject({ reason: 'too-many-sign-ups' });
  expect(await connection.pttl(count)).toBeLessThanOrEqual(30_000);
});
