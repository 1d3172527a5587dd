import { promisify } from 'node:util';
import { describe, expect, vi } from 'vitest';
import type { Login } from '../src/admin/access/logins-plugin.ts';
import { createTrail } from '../src/admin/access/trail.ts';
import { adminLogin, asAdmin, asViewer, login, viewerLogin } from './support/credentials.ts';
import { type TestApi, test } from './support/test-api.ts';

const bob = { name: 'bob', role: 'admin', password: 'the-password-of-bob' } as const;
const asBob = login(bob.name, bob.password);

type Open = (options: { keyPrefix: string; logins: readonly Login[] }) => Promise<TestApi>;

/** An API with logins of three persons, and its trail. */
const openTrail = async (openApi: Open, { prefix }: { prefix: string }) => {
  const keyPrefix = `${prefix}:${crypto.randomUUID()}`;
  const api = await openApi({ keyPrefix, logins: [adminLogin, bob, viewerLogin] });
  const put = async (path: string, headers: object): Promise<number> => {
    const url = `/admin/queues/api/queues${path}`;
    return (await api.app.inject({ method: 'PUT', url, headers: { ...headers } })).statusCode;
  };
  return { api, put, key: `${keyPrefix}:actions`, trail: createTrail(api.connection, keyPrefix) };
};

const newest = { count: 100 };

describe('the trail', () => {
  test('has who did what, and how it ended; the newest first', async ({ openApi, redis }) => {
    const { put, trail } = await openTrail(openApi, redis);
    expect(await put('/users/pause', asAdmin)).toBe(200);
    expect(await put('/users/17/retry', asBob)).toBe(404);
    await expect
      .poll(() => trail.read(newest))
      .toMatchObject([
        {
          by: { name: 'bob', role: 'admin' },
          action: 'retry',
          target: { queue: 'users', jobId: '17' },
          ending: { outcome: 'refused', status: 404 },
        },
        {
          by: { name: 'admin', role: 'admin' },
          action: 'pause',
          target: { queue: 'users' },
          ending: { outcome: 'done', status: 200 },
        },
      ]);
    const [{ at } = { at: new Date(0) }] = await trail.read(newest);
    expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(60_000);
  });

  test('has what was refused to a viewer, or to the page of another site', async ({ openApi, redis }) => {
    const { put, trail } = await openTrail(openApi, redis);
    expect(await put('/users/pause', asViewer)).toBe(403);
    expect(await put('/users/pause', { ...asAdmin, 'sec-fetch-site': 'cross-site' })).toBe(403);
    const ending = { outcome: 'refused', status: 403 };
    await expect
      .poll(() => trail.read(newest))
      .toMatchObject([
        { by: { name: 'admin' }, action: 'pause', ending },
        { by: { name: 'viewer' }, action: 'pause', ending },
      ]);
  });

  test('has nothing of those who could not log in, or who only looked', async ({ openApi, redis }) => {
    const { put, trail, api } = await openTrail(openApi, redis);
    expect(await put('/users/pause', login('admin', 'wrong'))).toBe(401);
    await api.app.inject({ url: '/admin/queues/api/queues', headers: asViewer });
    expect(await trail.read(newest)).toEqual([]);
  });

  test('can not be filled with refusals', async ({ openApi, redis }) => {
    const { put, trail } = await openTrail(openApi, redis);
    for (let count = 0; count < 40; count++) await put('/users/pause', asViewer);
    await expect.poll(async () => (await trail.read(newest)).length).toBe(20);
  });

  test('can not be filled with what does not exist, by an admin either', async ({ openApi, redis }) => {
    const { trail, api } = await openTrail(openApi, redis);
    const url = `/admin/nothing/${'x'.repeat(5_000)}`;
    for (let count = 0; count < 40; count++)
      expect((await api.app.inject({ method: 'POST', url, headers: asAdmin })).statusCode).toBe(404);
    await expect.poll(async () => (await trail.read(newest)).length).toBe(20);
    expect(JSON.stringify(await trail.read({ count: 1 })).length).toBeLessThan(1_000);
  });

  test('has how an action ended whose operator has left, and so has the log', async ({ openApi, redis }) => {
    const { trail, api } = await openTrail(openApi, redis);
    const paused = Promise.withResolvers<void>();
    vi.spyOn(api.queues.users, 'pause').mockReturnValue(paused.promise);
    await api.app.listen({ host: '127.0.0.1', port: 0 });
    const leaving = new AbortController();
    const url = `${api.app.listeningOrigin}/admin/queues/api/queues/users/pause`;
    const left = fetch(url, { method: 'PUT', headers: asAdmin, signal: leaving.signal });
    const connections = async () => promisify(api.app.server.getConnections.bind(api.app.server))();
    await expect.poll(() => trail.read(newest)).toHaveLength(1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    await expect.poll(connections).toBe(0);
    paused.resolve();
    await expect.poll(() => trail.read(newest)).toMatchObject([{ ending: { outcome: 'done', status: 200 } }]);
    expect(api.readLog()).toContainEqual(
      expect.objectContaining({ msg: 'dashboard write', action: 'pause' }),
    );
  });

  test('is written before anything is done: what it can not record is not done', async ({
    openApi,
    redis,
  }) => {
    const { put, trail, api, key } = await openTrail(openApi, redis);
    await api.connection.set(key, 'Redis refuses to append to what is no stream');
    expect(await put('/users/pause', asAdmin)).toBe(503);
    expect(await api.queues.users.isPaused()).toBe(false);
    await api.connection.del(key);
    expect(await put('/users/pause', asAdmin)).toBe(200);
    expect(await api.queues.users.isPaused()).toBe(true);
    await expect
      .poll(async () => (await trail.read(newest))[0])
      .toMatchObject({ ending: { outcome: 'done' } });
  });

  test('says of an action whose process died that its end is not known', async ({ openApi, redis }) => {
    const { trail } = await openTrail(openApi, redis);
    const action = { by: bob, action: 'pause', target: { queue: 'users' }, requestId: 'r' };
    await trail.begin(action);
    expect(await trail.read(newest)).toMatchObject([{ action: 'pause', ending: undefined }]);
  });

  test('begins at no id that there can not be', async ({ openApi, redis }) => {
    const { api } = await openTrail(openApi, redis);
    const statusOf = async (before: string) =>
      (await api.app.inject({ url: `/admin/trail?before=${before}`, headers: asAdmin })).statusCode;
    expect(await statusOf('0-0')).toBe(400);
    expect(await statusOf('1-0')).toBe(200);
  });

  test('is read page by page, each action with its end, whichever page that stands on', async ({
    openApi,
    redis,
  }) => {
    const { trail } = await openTrail(openApi, redis);
    const begin = (name: string) => trail.begin({ by: bob, action: name, target: {}, requestId: 'r' });
    const first = await begin('first');
    const second = await begin('second');
    await trail.end(second, { outcome: 'done', status: 200 });
    await begin('third');
    await trail.end(first, { outcome: 'failed', status: 500 });

    const [third] = await trail.read({ count: 1 });
    expect(third).toMatchObject({ action: 'third', ending: undefined });
    const rest = await trail.read({ count: 5, before: third?.id });
    expect(rest.map(({ action, ending }) => [action, ending?.outcome])).toEqual([
      ['second', 'done'],
      ['first', 'failed'],
    ]);
  });
});
