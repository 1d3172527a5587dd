import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import { apiKeysEnv, withKey } from './support/api-key.ts';
import { test } from './support/queues.ts';
import type { World } from './support/world.ts';

/** Planted as a person; found nowhere but where the person has to be. */
const canary = {
  name: 'Zerubbabel Quillfeather',
  local: 'zerubbabel',
  domain: 'quillfeather-canary.example',
};
const traces = /zerubbabel|quillfeather/i;
const emailOf = (tag: string) => `${canary.local}.${tag}@${canary.domain}`;

const signUp = (world: World, tag: string) => world.signUp(emailOf(tag), { name: canary.name });

const readValue = async (redis: Redis, key: string): Promise<unknown> => {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    case 'none': // it has expired meanwhile
      return undefined;
    default:
      throw new Error(`${key} is of a type that this test does not know`);
  }
};

test('a person is nowhere but in the own record, and in a job that waits for making the user', async ({
  world,
  queues,
  redis,
}) => {
  const waitFor = (id: string, outcome: object) => expect.poll(() => world.find(id)).toMatchObject(outcome);
  const sent = await signUp(world, 'sent');
  await waitFor(sent, { welcomeEmail: { status: 'sent' } });
  expect((await world.post({ name: canary.name, email: emailOf('sent') })).status).toBe(409);

  await queues.users.pause();
  const rejected = [await signUp(world, 'twice'), await signUp(world, 'twice')];
  await queues.users.resume();
  for (const id of rejected) await waitFor(id, { status: expect.stringMatching(/created|rejected/) });

  world.smtp.script = { onRcptTo: (to) => ({ code: 550, message: `5.1.1 <${to}>: ${to} is unknown here` }) };
  await waitFor(await signUp(world, 'bounced'), { welcomeEmail: { status: 'failed' } });
  world.smtp.script = { onRcptTo: (to) => ({ code: 451, message: `later, ${to}` }) };
  await waitFor(await signUp(world, 'deferred'), { welcomeEmail: { error: expect.stringContaining('451') } });
  world.smtp.script = {};

  await world.post({ name: canary.name, email: `${canary.local}@` });
  await world.post(`{"name":"${canary.name}`);
  const malformed = { userId: 'x', newUser: { name: canary.name, email: emailOf('malformed') } };
  const failed = await queues.users.add('create-user', malformed);
  await expect.poll(() => failed.getState()).toBe('failed');

  const keyed = await world.startApi({ env: apiKeysEnv });
  const deleted = await signUp(world, 'deleted');
  await waitFor(deleted, { welcomeEmail: { status: 'sent' } });
  await fetch(`${keyed.url}/users/${deleted}`, { method: 'DELETE', headers: withKey });
  await fetch(`${keyed.url}/users?email=${emailOf('sent')}`, { headers: withKey });

  await queues.users.pause();
  const waiting = await signUp(world, 'waiting');

  for (const queue of ['users', 'emails']) {
    for (const status of ['latest', 'completed', 'failed', 'delayed', 'paused', 'waiting-children']) {
      const page = await (
        await world.operate('GET', `/queues?activeQueue=${queue}&status=${status}&page=1`)
      ).text();
      expect(page, `${queue} ${status}`).not.toMatch(traces);
    }
  }
  for (const id of [sent, waiting, failed.id as string]) {
    for (const path of ['', '/logs', '/flow']) {
      expect(await (await world.operate('GET', `/queues/users/${id}${path}`)).text()).not.toMatch(traces);
    }
  }
  const masked = JSON.stringify(await world.job('users', waiting));
  expect(masked).toContain('"name":"Z•••"');
  expect(masked).toContain('"email":"z•••@q•••.example"');
  expect(await (await world.operate('GET', '/../queue/users')).text()).not.toMatch(traces);
  expect(world.log).not.toMatch(traces);

  const prefix = world.env.KEY_PREFIX as string;
  const allowed = [queues.users.toKey(waiting), queues.users.toKey(failed.id as string)];
  for (const key of await redis.keys('*')) {
    expect(key).not.toMatch(traces);
    expect(key).not.toContain('127.0.0.1');
    const isOwnRecord = key.startsWith(`${prefix}:sign-up:`) && key !== `${prefix}:sign-up:${deleted}`;
    if (isOwnRecord || allowed.includes(key)) continue;
    expect(JSON.stringify(await readValue(redis, key)) ?? '', key).not.toMatch(traces);
  }
}, 60_000);
