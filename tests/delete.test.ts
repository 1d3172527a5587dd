import { runAudit } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { apiKeysEnv, withKey } from './support/api-key.ts';
import { untilState } from './support/job-state.ts';
import { test as base } from './support/queues.ts';
import { readEverything } from './support/read-everything.ts';
import type { SignUp } from './support/world.ts';

/** `remove`: what a client with a key does. */
const test = base.extend('keyed', { scope: 'file' }, async ({ world }) => {
  const { url } = await world.startApi({ env: apiKeysEnv });
  const ask = (path: string, init: RequestInit = {}) => fetch(url + path, { ...init, headers: withKey });
  return {
    url,
    ask,
    remove: async (id: string) => (await ask(`/users/${id}`, { method: 'DELETE' })).status,
  };
});

test.beforeEach(async ({ queues, world }) => {
  world.smtp.script = {};
  await Promise.all([queues.users.resume(), queues.emails.resume()]);
});

describe('a person who is deleted', () => {
  test('while queued, is never made', async ({ world, queues, keyed }) => {
    await queues.users.pause();
    const id = await world.signUp('queued@example.com');
    expect(await keyed.remove(id)).toBe(204);
    await queues.users.resume();
    expect(await queues.users.getJob(id)).toBeUndefined();
    expect((await keyed.ask(`/users/${id}`)).status).toBe(404);
    expect(await keyed.remove(id)).toBe(404);
    expect(await world.hasUser('queued@example.com')).toBe(false);
  });

  test('while active, is not made by the pass that runs', async ({ world, queues, redis, keyed }) => {
    // A job in a worker's hand, whose worker is slow: its lock keeps it from being removed.
    await queues.users.pause();
    const id = await world.signUp('active@example.com');
    const lockKey = `${queues.users.toKey(id)}:lock`;
    await redis.set(lockKey, 'held', 'PX', 30_000);
    expect(await keyed.remove(id)).toBe(204);
    expect(await queues.users.getJob(id)).toBeDefined();
    await redis.del(lockKey);
    await queues.users.resume();
    await expect.poll(() => world.job('users', id)).toMatchObject({ returnValue: { outcome: 'deleted' } });
    expect((await queues.users.getJob(id))?.data).not.toHaveProperty('newUser');
    expect(world.smtp.to('active@example.com')).toEqual([]);
  });

  test('while parked, gets no email', async ({ world, queues, keyed }) => {
    await queues.emails.pause();
    const id = await world.signUp('parked@example.com');
    await untilState(queues.users, id, 'waiting-children');
    expect(await keyed.remove(id)).toBe(204);
    await queues.emails.resume();
    expect(await queues.emails.getJob(`welcome-${id}`)).toBeUndefined();
    await untilState(queues.users, id, /completed|gone/);
    expect(world.smtp.to('parked@example.com')).toEqual([]);
  });

  test('while the email is being sent, is gone when it has been', async ({ world, queues, keyed }) => {
    world.smtp.script = { onFinalDot: () => 1_500 };
    const id = await world.signUp('sending@example.com');
    await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sending' } });
    expect(await keyed.remove(id)).toBe(204);
    await untilState(queues.users, id, /completed|gone/);
    expect((await keyed.ask(`/users/${id}`)).status).toBe(404);
    expect(await keyed.remove(id)).toBe(404);
  });

  test('afterwards, leaves nothing personal, and frees the address and the idempotency key', async ({
    world,
    queues,
    redis,
    stores,
    keyed,
  }) => {
    const body = { name: 'Zaphod Canary', email: 'after@example.com' };
    const post = () => world.post(body, { 'idempotency-key': 'once' });
    const { id } = (await (await post()).json()) as SignUp;
    await untilState(queues.users, id, 'completed');
    expect(await keyed.remove(id)).toBe(204);
    expect(await stores.signUpStore.find(id)).toEqual({ outcome: 'deleted' });
    const kept = await readEverything(world, redis);
    expect([...kept].flat().join('\n')).not.toMatch(/zaphod|after@/i);
    const keys = [...kept].filter(([place]) => place.includes('idempotency'));
    expect(keys.flat().join('\n')).not.toContain(id);
    const again = await post();
    expect(again.status).toBe(202);
    const { id: newId } = (await again.json()) as SignUp;
    expect(newId).not.toBe(id);
    await expect.poll(() => world.find(newId)).toMatchObject({ status: 'created', email: body.email });
    expect((await keyed.ask(`/users/${id}`)).status).toBe(404);
  });

  test('is what the auditor finds nothing wrong with', async ({ world, queues, keyed }) => {
    const before = (await runAudit(world.env)).counts.deleted ?? 0;
    const id = await world.signUp('audited@example.com');
    await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
    expect(await keyed.remove(id)).toBe(204);
    await untilState(queues.users, id, /completed|gone/);
    const { counts, code } = await runAudit(world.env);
    expect(counts.deleted).toBe(before + 1);
    expect(code).toBe(0);
  });
});
