import { expect, vi } from 'vitest';
import { asAdmin, withKey } from './support/credentials.ts';
import { createUser, post, signUp, type TestApi, test } from './support/test-api.ts';

const operate = async ({ app }: TestApi, path: string) => {
  const response = await app.inject({
    method: 'PUT',
    url: `/admin/queues/api/queues${path}`,
    headers: asAdmin,
  });
  return response.statusCode;
};

const statusOf = async ({ app }: TestApi, id: string) =>
  (await app.inject({ url: `/users/${id}`, headers: withKey })).json<{ status: string }>();

test('a sign-up that is removed before it was done ends as removed, also under its idempotency key', async ({
  keyed,
}) => {
  const body = { name: 'Ada Lovelace', email: 'waiting@example.com' };
  const once = { ...withKey, 'idempotency-key': 'removed-once' };
  const { id } = (await post(keyed, body, once)).json<{ id: string }>();
  expect(await operate(keyed, `/users/${id}/clean`)).toBe(204);
  expect(await keyed.queues.users.getJob(id)).toBeUndefined();
  expect(await statusOf(keyed, id)).toEqual({ id, status: 'removed' });
  const repeated = await post(keyed, body, once);
  expect(repeated.statusCode).toBe(202);
  expect(repeated.json()).toMatchObject({ id });
  expect(await keyed.queues.users.getJob(id)).toBeUndefined();
  expect((await post(keyed, body, withKey)).statusCode).toBe(202);
});

test('a sign-up that was removed can be deleted', async ({ keyed }) => {
  const id = await signUp(keyed, 'removed.and.deleted@example.com', withKey);
  expect(await operate(keyed, `/users/${id}/clean`)).toBe(204);
  const deleted = await keyed.app.inject({ method: 'DELETE', url: `/users/${id}`, headers: withKey });
  expect(deleted.statusCode).toBe(204);
  expect((await keyed.app.inject({ url: `/users/${id}`, headers: withKey })).statusCode).toBe(404);
});

test('a job of a removed sign-up that runs all the same makes no user', async ({ keyed }) => {
  const id = await signUp(keyed, 'late@example.com', withKey);
  const job = await keyed.queues.users.getJob(id);
  expect(await operate(keyed, `/users/${id}/clean`)).toBe(204);
  expect(await keyed.signUpStore.create(id, job?.data.newUser as never)).toEqual({ outcome: 'removed' });
});

test('a removal that ends before the job is gone holds, and can be repeated', async ({ keyed }) => {
  const id = await signUp(keyed, 'interrupted@example.com', withKey);
  const userId = await createUser(keyed, 'interrupted.email@example.com', withKey);
  await keyed.queues.emails.add('send-welcome-email', {} as never, { jobId: `welcome-${userId}` });
  for (const path of [`/users/${id}/clean`, `/emails/welcome-${userId}/clean`]) {
    const queue = path.startsWith('/users') ? keyed.queues.users : keyed.queues.emails;
    vi.spyOn(queue, 'remove').mockRejectedValueOnce(new Error('The process ended'));
    expect(await operate(keyed, path)).toBe(500);
  }
  expect(await statusOf(keyed, id)).toEqual({ id, status: 'removed' });
  expect(await statusOf(keyed, userId)).toMatchObject({ welcomeEmail: { status: 'failed' } });
  expect(await operate(keyed, `/users/${id}/clean`)).toBe(204);
  expect(await operate(keyed, `/emails/welcome-${userId}/clean`)).toBe(204);
});

test('Empty removes what waits, and each sign-up says so', async ({ openApi, redis }) => {
  const api = await openApi({ keyPrefix: `${redis.prefix}:empty` });
  const ids = await Promise.all(
    Array.from({ length: 45 }, (_, index) => signUp(api, `empty.${index}@example.com`)),
  );
  await api.queues.users.add('by-hand', null as never);
  await api.queues.users.add('create-user', null as never, { priority: 3, jobId: 'by-hand' });
  expect(await operate(api, '/users/empty')).toBe(200);
  expect(await api.queues.users.count()).toBe(0);
  expect(new Set(await Promise.all(ids.map(async (id) => (await statusOf(api, id)).status)))).toEqual(
    new Set(['removed']),
  );
});

test('Clean all of a state removes its jobs, and those of no other', async ({ openApi, redis }) => {
  const api = await openApi({ keyPrefix: `${redis.prefix}:clean` });
  const waiting = await signUp(api, 'stays@example.com');
  const delayed = await signUp(api, 'delayed@example.com');
  const job = await api.queues.users.getJob(delayed);
  await job?.remove();
  await api.queues.users.add('create-user', job?.data as never, { jobId: delayed, delay: 60_000 });
  expect(await operate(api, '/users/clean/delayed')).toBe(200);
  expect((await statusOf(api, delayed)).status).toBe('removed');
  expect((await statusOf(api, waiting)).status).toBe('queued');
});

test('an email that is removed while it waits is given up, and its parent goes on', async ({ keyed }) => {
  const id = await createUser(keyed, 'child@example.com', withKey);
  await keyed.queues.emails.add('send-welcome-email', {} as never, { jobId: `welcome-${id}` });
  expect(await operate(keyed, `/emails/welcome-${id}/clean`)).toBe(204);
  expect(await statusOf(keyed, id)).toMatchObject({
    status: 'created',
    welcomeEmail: { status: 'failed', error: 'The email job was removed from the queue' },
  });
});
