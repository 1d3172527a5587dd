import { expect } from 'vitest';
import { apiKeys, asAdmin, withKey } from './support/credentials.ts';
import { createUser, post, type TestApi, test } from './support/test-api.ts';

/** An API with a prefix of its own, whose users are on their way to PostgreSQL when `state` is set. */
const openMoving = async (openApi: (options: object) => Promise<TestApi>) => {
  const keyPrefix = `{moving-${crypto.randomUUID()}}`;
  const api = await openApi({ keyPrefix, apiKeys });
  const setState = (state: string) => api.connection.set(`${keyPrefix}:move`, `${state} some-move`);
  return { api, setState };
};
const remove = ({ app }: TestApi, id: string) =>
  app.inject({ method: 'DELETE', url: `/users/${id}`, headers: withKey });
const ada = (email: string) => ({ name: 'Ada', email });

test('while the users are copied everything goes on', async ({ openApi }) => {
  const { api, setState } = await openMoving(openApi);
  await setState('copying');
  const id = await createUser(api, 'copied@example.com', withKey);
  expect((await remove(api, id)).statusCode).toBe(204);
});

test('in the last step of a move nobody is deleted, and sign-ups are accepted', async ({ openApi }) => {
  const { api, setState } = await openMoving(openApi);
  const id = await createUser(api, 'stays@example.com', withKey);
  await setState('finishing');
  const refused = await remove(api, id);
  expect([refused.statusCode, refused.json(), Number(refused.headers['retry-after'])]).toMatchObject([
    503,
    { type: '/problems#unavailable', detail: expect.stringContaining('users are being moved') },
    30,
  ]);
  const url = `/admin/queues/api/queues/users/${id}/clean`;
  const cleaned = await api.app.inject({ method: 'PUT', url, headers: asAdmin });
  expect(cleaned.statusCode).toBe(503);
  expect((await post(api, ada('waits@example.com'), withKey)).statusCode).toBe(202);
  expect((await api.app.inject({ url: `/users/${id}`, headers: withKey })).statusCode).toBe(200);
});

test('once the users have moved nothing is accepted, with a key or without, and the log says what to do', async ({
  openApi,
}) => {
  const { api, setState } = await openMoving(openApi);
  const key = { ...withKey, 'idempotency-key': 'moved' };
  const replayed = await post(api, ada('replayed@example.com'), key);
  expect(replayed.statusCode).toBe(202);
  const waiting = await api.queues.users.count();
  await setState('moved');
  api.forgetLog();
  for (const headers of [withKey, key, { ...withKey, 'idempotency-key': 'new' }])
    expect((await post(api, ada('replayed@example.com'), headers)).statusCode).toBe(503);
  expect(await api.queues.users.count()).toBe(waiting);
  expect(JSON.stringify(api.readLog())).toContain('set DATABASE_URL, and restart');
});
