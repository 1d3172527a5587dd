import { describe, expect } from 'vitest';
import { adminLogin, asAdmin, asViewer, viewerLogin, withKey } from './support/credentials.ts';
import { createMany, emailOf, inShards, list, listAll, placeOf, signUpMany } from './support/sharded-api.ts';
import { createUser, post, signUp, type TestApi, test } from './support/test-api.ts';

const ada = (email: string) => ({ name: 'Ada Lovelace', email });
const statusOf = async (api: TestApi, email: string, headers = {}) =>
  (await post(api, ada(email), { ...withKey, ...headers })).statusCode;

describe('a sign-up in 16 shards', () => {
  test('has an id that leads to the shard of its job, and the shards are used alike', async ({ openApi }) => {
    const api = await openApi(inShards(16));
    const ids = await signUpMany(api, 200);
    const counts = await Promise.all(api.shards.all.map(({ queues }) => queues.users.getWaitingCount()));
    expect(counts).toEqual(api.shards.all.map((_, at) => ids.filter((id) => placeOf(api, id) === at).length));
    expect(Math.min(...counts)).toBeGreaterThan(0);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab]/);
    const { body } = await api.app.inject({ url: `/users/${ids[7]}`, headers: withKey });
    expect(JSON.parse(body)).toMatchObject({ status: 'queued', email: emailOf(7) });
  });

  test('is refused when its address is taken, however it is written', async ({ openApi }) => {
    const api = await openApi(inShards(16));
    const ids = await createMany(api, 20);
    for (const index of ids.keys()) expect(await statusOf(api, emailOf(index).toUpperCase())).toBe(409);
  });

  test('is done once under an idempotency key, which another address can not use', async ({ openApi }) => {
    const api = await openApi(inShards(16));
    for (let index = 0; index < 20; index += 1) {
      const headers = { ...withKey, 'idempotency-key': `key-${index}` };
      const id = await signUp(api, emailOf(index), headers);
      expect(await signUp(api, emailOf(index), headers)).toBe(id);
      expect(await statusOf(api, emailOf(index + 100), headers)).toBe(422);
      if (index > 3) continue;
      await api.app.inject({ method: 'DELETE', url: `/users/${id}`, headers: withKey });
      expect(await signUp(api, emailOf(index + 100), headers)).not.toBe(id);
    }
  });

  test('counts for its caller and its mailbox, whatever shard it is in', async ({ openApi }) => {
    const api = await openApi({
      ...inShards(16),
      signUpLimit: { max: 10, durationMs: 60_000 },
      limits: { perMailbox: { max: 2, durationMs: 60_000 }, perDomain: undefined },
    });
    for (const tag of ['a', 'b']) await createUser(api, `ada+${tag}@example.com`, withKey);
    expect(await statusOf(api, 'ada+c@example.com')).toBe(429);
    for (let index = 0; index < 7; index += 1) expect(await statusOf(api, emailOf(index))).toBe(202);
    expect(await statusOf(api, emailOf(8))).toBe(429);
  });
});

describe('the list of users in 16 shards', () => {
  test('is complete and in order, whatever the size of its pages', async ({ openApi }) => {
    const api = await openApi(inShards(16));
    const ids = (await createMany(api, 60)).sort();
    for (const limit of [1, 7, 60, 100]) expect(await listAll(api, limit)).toEqual(ids);
    expect((await list(api, 'limit=60')).next).toBeUndefined();
    expect((await list(api, `email=${emailOf(3)}`)).ids).toHaveLength(1);
  });

  test('misses nobody while others are deleted', async ({ openApi }) => {
    const api = await openApi(inShards(16));
    const ids = (await createMany(api, 90)).sort();
    const doomed = ids.filter((_, index) => index % 3 === 0);
    const waiting = [...doomed];
    const listed = await listAll(api, 10, () =>
      Promise.all(waiting.splice(0, 5).map((id) => api.signUpStore.delete(id))),
    );
    expect(listed).toEqual([...new Set(listed)].sort());
    expect(listed.filter((id) => !doomed.includes(id))).toEqual(ids.filter((id) => !doomed.includes(id)));
  });
});

test('while one shard is away its sign-ups and all lists are 503, and the others go on', async ({
  openApi,
}) => {
  const api = await openApi({ ...inShards(16), signUpLimit: { max: 1_000, durationMs: 60_000 } });
  const ids = await createMany(api, 60);
  // The one in which this caller is counted.
  const [count = ''] = await api.connection.keys(`${api.shards.first.keyPrefix.slice(0, -1)}*:limit:*`);
  const away = api.shards.all.findIndex(({ keyPrefix }) => count.startsWith(`${keyPrefix}:limit:`));
  api.shards.all[away]?.connection.disconnect();
  expect((await list(api, 'limit=10')).statusCode).toBe(503);
  expect((await api.app.inject({ url: '/readyz' })).statusCode).toBe(200);
  for (const [index, id] of ids.entries()) {
    const isAway = placeOf(api, id) === away;
    expect(await statusOf(api, emailOf(index))).toBe(isAway ? 503 : 409);
    const found = await api.app.inject({ url: `/users/${id}`, headers: withKey });
    expect(found.statusCode).toBe(isAway ? 503 : 200);
  }
  for (const { connection } of api.shards.all) connection.disconnect();
  await expect.poll(async () => (await api.app.inject({ url: '/readyz' })).statusCode).toBe(503);
});

describe('somebody who signed up before there were 16 shards', () => {
  test('is found, listed, and can not sign up again', async ({ openApi }) => {
    const before = await openApi(inShards(1));
    const old = await createMany(before, 20);
    const api = await openApi(inShards(16, before.shards.first.keyPrefix));
    for (const index of old.keys()) expect(await statusOf(api, emailOf(index))).toBe(409);
    const newcomer = await createUser(api, 'new@example.com', withKey);
    expect(await listAll(api, 5)).toEqual([...old.sort(), newcomer]);
    expect((await list(api, `email=${emailOf(3)}`)).ids).toHaveLength(1);
    expect((await api.app.inject({ url: `/users/${old[0]}`, headers: withKey })).statusCode).toBe(200);
  });

  test('whose sign-up still waits is the only user of the address, whoever is made first', async ({
    openApi,
  }) => {
    const before = await openApi(inShards(1));
    const old = await signUpMany(before, 20);
    const api = await openApi(inShards(16, before.shards.first.keyPrefix));
    const outcomeOf = async (id: string, index: number) =>
      (await api.signUpStore.create(id, { ...ada(emailOf(index)), locale: 'en' })).outcome;
    for (const [index, id] of old.entries()) {
      const again = await signUp(api, emailOf(index), withKey);
      const inTurn = index % 2 === 0 ? [id, again] : [again, id];
      expect(await outcomeOf(inTurn[0] as string, index)).toBe('created');
      expect(await outcomeOf(inTurn[1] as string, index)).toBe('rejected');
    }
  });
});

test('the board has every queue of every shard, with masks and rights', async ({ openApi }) => {
  const api = await openApi({ ...inShards(16), logins: [viewerLogin, adminLogin] });
  const [id = ''] = await signUpMany(api, 1);
  const call = (path: string, method: 'GET' | 'PUT' = 'GET', headers = asViewer) =>
    api.app.inject({ method, url: `/admin/queues/api/queues${path}`, headers });
  const names = (await call('')).json<{ queues: { name: string }[] }>().queues.map(({ name }) => name);
  const expected = api.shards.all.flatMap(({ name }) =>
    ['users', 'emails', 'maintenance'].map((queue) => `${name}/${queue}`),
  );
  expect(names.sort()).toEqual(expected.sort());
  const queue = encodeURIComponent(`${api.shards.of(id).name}/users`);
  expect((await call(`/${queue}/${id}`)).body).toContain('"email":"p•••@e•••.com"');
  expect((await call(`/${queue}/pause`, 'PUT')).statusCode).toBe(403);
  expect((await call(`/${queue}/pause`, 'PUT', asAdmin)).statusCode).toBe(200);
  expect(await api.shards.of(id).queues.users.isPaused()).toBe(true);
  const trail = await api.app.inject({ url: '/admin/trail', headers: asViewer });
  expect(trail.body).toContain(`${api.shards.of(id).name}/users`);
  const page = await api.app.inject({ url: `/admin/find/${id}`, headers: asViewer });
  expect(page.body).toContain(`/admin/queues/queue/${queue}/${id}`);
});
