import { readFileSync } from 'node:fs';
import { startTestRedis, testRedisTopology } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { followEvents } from '../apps/api/test/support/follow-events.ts';
import { openWorld } from './support/world.ts';

const page = readFileSync(new URL('../docs/redis.md', import.meta.url), 'utf8');
const ofAll = /^ACL (SETUSER .*)$/m.exec(page)?.[1] ?? '';
const ofCluster = /^- In a cluster it also needs `([^`]+)`/m.exec(page)?.[1] ?? '';
const documented = `${ofAll}${testRedisTopology() === 'cluster' ? ` ${ofCluster}` : ''}`.split(' ');

/** A service whose Redis user has these rights. */
const openWorldWith = async (rights: string[]) => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const redis = await startTestRedis();
  opened.defer(() => redis.stop());
  const admin = new Redis(redis.url);
  opened.defer(() => admin.disconnect());
  expect(await admin.call('ACL', ...rights)).toBe('OK');
  return openWorld(opened, { url: redis.serviceUrl.replace('//', '//backend-jobs:choose-your-own@') });
};

test('the service works as a Redis user who may do no more than the docs say', async () => {
  const world = await openWorldWith(documented);
  const id = await world.signUp('acl@example.com');
  const { events, ended } = await followEvents(`${world.apiUrl}/users/${id}/events`);
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
  await expect.poll(() => world.job('users', id)).toMatchObject({ returnValue: { outcome: 'created' } });
  await ended;
  expect(events.at(-1)).toMatchObject({ event: 'settled' });
  expect(world.log).not.toContain('NOPERM');
});

test('a Redis user without channels signs people up, and those who follow see the end a little later', async () => {
  const world = await openWorldWith(documented.filter((right) => !/^&|subscribe$|publish$/.test(right)));
  const { events, ended } = await followEvents(
    `${world.apiUrl}/users/${await world.signUp('mute@example.com')}/events`,
  );
  await ended;
  expect(events.at(-1)).toMatchObject({ event: 'settled', data: { welcomeEmail: { status: 'sent' } } });
});
