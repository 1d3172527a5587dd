import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { patientWithClients } from './support/many-at-once.ts';
import { test } from './support/queues.ts';
import { onlyOn } from './support/test-store.ts';
import type { SignUp, World } from './support/world.ts';

const postWith = async (world: World, key: string, email: string, apiUrl = world.apiUrl) => {
  const response = await world.post({ name: 'Ada', email }, { 'idempotency-key': key }, apiUrl);
  return { status: response.status, id: ((await response.json()) as SignUp).id };
};

describe('an Idempotency-Key', () => {
  test('makes 1,000 posts at once one sign-up, and each gets its 202', async ({ world }) => {
    const key = randomUUID();
    const { url } = await world.startApi({ env: patientWithClients });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => postWith(world, key, 'thousand@example.com', url)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    await expect
      .poll(() => world.find(answers[0]?.id as string))
      .toMatchObject({ welcomeEmail: { status: 'sent' } });
    expect(world.smtp.to('thousand@example.com')).toHaveLength(1);
  });

  test('answers the same after the user exists, and after the jobs are gone, and mails nobody again', async ({
    world,
    queues,
  }) => {
    const key = randomUUID();
    const first = await postWith(world, key, 'replayed@example.com');
    await expect
      .poll(() => world.job('users', first.id))
      .toMatchObject({ returnValue: { welcomeEmail: 'sent' } });
    expect(await postWith(world, key, 'replayed@example.com')).toEqual(first);
    for (const queue of [queues.users, queues.emails]) await queue.clean(0, 10_000, 'completed');
    expect(await postWith(world, key, 'replayed@example.com')).toEqual(first);
    expect(await queues.users.getJob(first.id)).toBeUndefined();
    expect(world.smtp.to('replayed@example.com')).toHaveLength(1);
  });

  test('refuses another body', async ({ world }) => {
    const key = randomUUID();
    await postWith(world, key, 'body@example.com');
    const response = await world.post({ name: 'Bob', email: 'body@example.com' }, { 'idempotency-key': key });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ type: '/problems#idempotency-key-reused' });
  });

  test('is not used up by a body that is refused, nor by an email that is taken', async ({ world }) => {
    const owner = await world.signUp('taken@example.com');
    await expect.poll(() => world.find(owner)).toMatchObject({ status: 'created' });
    const key = randomUUID();
    expect((await postWith(world, key, 'not an address')).status).toBe(400);
    expect((await postWith(world, key, 'taken@example.com')).status).toBe(409);
    expect((await postWith(world, key, 'unused@example.com')).status).toBe(202);
  });

  test('does not let an email be signed up twice under two keys', async ({ world }) => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => postWith(world, randomUUID(), 'two.keys@example.com')),
    );
    const ids = answers.filter(({ status }) => status === 202).map(({ id }) => id);
    const created = async () => (await world.findAll(ids)).filter(({ status }) => status === 'created');
    const queued = async () => (await world.findAll(ids)).filter(({ status }) => status === 'queued');
    await expect.poll(queued).toHaveLength(0);
    expect(await created()).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status)).isSubsetOf(new Set([202, 409]))).toBe(true);
  });

  // In PostgreSQL the key and the sign-up are written by one statement.
  onlyOn('redis', test)(
    'that was left pending by a crash is brought to its end by the next request',
    async ({ world, redis }) => {
      const key = randomUUID();
      const { id } = await postWith(world, key, 'crashed@example.com');
      await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
      const keys = await redis.keys('*:idempotency:*');
      const records = await redis.mget(keys);
      const left = records.findIndex((record) => record?.includes(id));
      await redis.set(keys[left] as string, (records[left] as string).replace('accepted', 'pending'));
      expect(await postWith(world, key, 'crashed@example.com')).toEqual({ status: 202, id });
      expect(world.smtp.to('crashed@example.com')).toHaveLength(1);
    },
  );

  test.for(['', 'a b', 'ü', 'a'.repeat(256)])('%j is no key', async (key, { world }) => {
    const response = await world.post(
      { name: 'Ada', email: 'no.key@example.com' },
      { 'idempotency-key': key },
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ header: 'idempotency-key' }] });
  });
});
