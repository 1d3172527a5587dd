import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { byFifties } from './many-at-once.ts';
import type { SignUp, World } from './world.ts';

const domain = 'example.com';

/** How often each end of a sign-up is to be counted. */
const ends = {
  welcome_sent: 148 + 5 + 1,
  welcome_failed: 8,
  welcome_unknown: 2,
  rejected: 1,
  failed: 3,
  removed: 1,
  deleted: 1,
};
const replays = 10;
const refused = 20;
/** What operators have done afterwards, which is not counted again. */
const redriven = { signUps: 2, welcomes: 3 };

/**
 * Signs up, in all ways that there are: accepted and refused, once and twice, rejected, failed, removed and deleted, with
 * mail that is taken, deferred, refused and lost on the way. Then an operator retries some. Returns what has to be counted.
 */
export const runSignUps = async (world: World) => {
  let requests = 0;
  const post: World['post'] = (...args) => {
    requests += 1;
    return world.post(...args);
  };
  const signUp = async (name: string, headers = {}): Promise<string> => {
    const response = await post({ name: 'Ada Lovelace', email: `${name}@${domain}` }, headers);
    expect(response.status).toBe(202);
    return ((await response.json()) as SignUp).id;
  };
  const signUpMany = (count: number, name: string) =>
    byFifties([...Array(count).keys()], (number) => signUp(`${name}.${number}`));
  const operate = async (method: string, path: string) =>
    expect((await world.operate(method, `/queues/${path}`)).ok).toBe(true);

  const deferredOnce = new Set<string>();
  world.smtp.script = {
    onRcptTo: (address) => {
      if (address.startsWith('refused')) return { code: 550, message: '5.1.1 no such mailbox' };
      if (!address.startsWith('deferred') || deferredOnce.has(address)) return undefined;
      deferredOnce.add(address);
      return { code: 450, message: '4.2.0 later' };
    },
    onFinalDot: (_message, { to }) => (to[0]?.startsWith('unknown') ? 'drop' : undefined),
  };

  await operate('PUT', 'users/pause');
  const [, failed, [removed], [deleted]] = await Promise.all([
    Promise.all([signUp('twin'), signUp('twin')]),
    signUpMany(3, 'failed'),
    signUpMany(1, 'removed'),
    signUpMany(1, 'deleted'),
  ]);
  const redis = new Redis(world.redisUrl);
  const jobKey = (id: string) => `{backend-jobs}:users:${id}`;
  const spoil = async (id: string) => {
    const good = (await redis.hget(jobKey(id), 'data')) as string;
    await redis.hset(jobKey(id), 'data', JSON.stringify({ ...JSON.parse(good), newUser: { name: 1 } }));
    return () => redis.hset(jobKey(id), 'data', good);
  };
  const repairs = await Promise.all(failed.map(spoil));
  await operate('PUT', `users/${removed}/clean`);
  const remove = { method: 'DELETE', headers: world.credentials };
  expect((await fetch(`${world.apiUrl}/users/${deleted}`, remove)).status).toBe(204);
  await operate('PUT', 'users/resume');

  const [refusedMail, deferred] = await Promise.all([
    signUpMany(8, 'refused'),
    signUpMany(5, 'deferred'),
    signUpMany(2, 'unknown'),
    signUpMany(148 - replays, 'plain'),
  ]);
  const keys = Array.from({ length: replays }, (_, number) => ({ 'idempotency-key': `key-${number}` }));
  const first = await Promise.all(keys.map((key, number) => signUp(`keyed.${number}`, key)));
  expect(await Promise.all(keys.map((key, number) => signUp(`keyed.${number}`, key)))).toEqual(first);

  const statusOf = async (id: string) => {
    const { status, welcomeEmail } = await world.find(id);
    return welcomeEmail?.status ?? status;
  };
  const become = (ids: string[], status: string) =>
    expect.poll(async () => new Set(await Promise.all(ids.map(statusOf)))).toEqual(new Set([status]));
  await become(first, 'sent');
  await become(refusedMail, 'failed');
  await become(failed, 'failed');
  for (const id of deferred) {
    const promote = () => world.operate('PUT', `/queues/emails/welcome-${id}/promote`);
    await expect.poll(async () => (await promote()).ok || (await statusOf(id)) === 'sent').toBe(true);
  }
  await become(deferred, 'sent');

  for (let number = 0; number < refused / 2; number += 1) {
    expect((await post({ name: 'Ada', email: 'no address' })).status).toBe(400);
    expect((await post({ name: 'Ada', email: `keyed.${number}@${domain}` })).status).toBe(409);
  }

  world.smtp.script = {};
  // A job fails a moment later than the store has it.
  const retry = (path: string) =>
    expect.poll(async () => (await world.operate('PUT', `/queues/${path}/retry`)).ok).toBe(true);
  const resent = refusedMail.slice(0, redriven.welcomes);
  for (const id of resent) await retry(`emails/welcome-${id}`);
  await become(resent, 'sent');
  for (const [index, id] of failed.slice(0, redriven.signUps).entries()) {
    await repairs[index]?.();
    await retry(`users/${id}`);
  }
  await become(failed.slice(0, redriven.signUps), 'sent');
  redis.disconnect();
  return { requests, ends, replays, refused };
};
