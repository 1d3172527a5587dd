import { readFileSync } from 'node:fs';
import { startRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { openWorld } from './support/world.ts';

const page = readFileSync(new URL('../docs/redis.md', import.meta.url), 'utf8');
const documented = /^ACL (SETUSER .*)$/m.exec(page)?.[1]?.split(' ') ?? [];

test('the service works as a Redis user who may do no more than the docs say', async ({ onTestFinished }) => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const redis = await startRedis();
  opened.defer(() => redis.stop());
  const admin = new Redis(redis.url);
  opened.defer(() => admin.disconnect());
  expect(await admin.call('ACL', ...documented)).toBe('OK');

  const url = redis.url.replace('//', '//backend-jobs:choose-your-own@');
  const world = await openWorld(opened, { url });
  const id = await world.signUp('acl@example.com');
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
  await expect.poll(() => world.job('users', id)).toMatchObject({ returnValue: { outcome: 'created' } });
  expect(world.log).not.toContain('NOPERM');
});
