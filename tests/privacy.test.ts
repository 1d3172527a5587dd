import { expect } from 'vitest';
import { apiKeysEnv, withKey } from './support/api-key.ts';
import { test } from './support/queues.ts';
import { readEverything } from './support/read-everything.ts';
import { store } from './support/test-store.ts';
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
  // PostgreSQL has what was given, and the job has the id alone.
  const shown =
    store === 'redis' ? ['"name":"Z•••"', '"email":"z•••@q•••.example"'] : [`"userId":"${waiting}"`];
  for (const text of shown) expect(JSON.stringify(await world.job('users', waiting))).toContain(text);
  expect(await (await world.operate('GET', '/../queue/users')).text()).not.toMatch(traces);
  expect(world.log).not.toMatch(traces);

  const prefix = world.env.KEY_PREFIX as string;
  const allowed = [
    queues.users.toKey(failed.id as string),
    ...(store === 'redis' ? [queues.users.toKey(waiting)] : ['table users', 'table sign_ups']),
  ];
  for (const [place, text] of await readEverything(world, redis)) {
    expect(place).not.toMatch(traces);
    expect(place).not.toContain('127.0.0.1');
    const isOwnRecord = place.startsWith(`${prefix}:sign-up:`) && place !== `${prefix}:sign-up:${deleted}`;
    if (isOwnRecord || allowed.includes(place)) continue;
    // Messages are counted by the domain that they went to (docs/redis.md).
    const isByDomain = place.startsWith(`${prefix}:deliveries:`);
    expect(isByDomain ? text.replaceAll(canary.domain, '') : text, place).not.toMatch(traces);
  }
}, 120_000);
