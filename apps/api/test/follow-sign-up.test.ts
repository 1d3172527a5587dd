import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, onTestFinished } from 'vitest';
import { withKey } from './support/credentials.ts';
import { followEvents } from './support/follow-events.ts';
import { createUser, signUp, type TestApi, test } from './support/test-api.ts';

/** Follows by a connection of its own, until the test is over. */
const follow = async ({ app }: TestApi, id: string, headers: Record<string, string> = {}) => {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const following = await followEvents(`${app.listeningOrigin}/users/${id}/events`, headers);
  onTestFinished(following.leave);
  return following;
};

const claim = ({ welcomeEmails }: TestApi, id: string) =>
  welcomeEmails.claim(id, 'token', { maxCopies: 3, job: 1, start: 1, lost: 0 });
const settle = ({ welcomeEmails }: TestApi, id: string) =>
  welcomeEmails.settle(id, 'token', { status: 'sent', isFinal: true, countsAttempt: true });
const welcome = async (api: TestApi, id: string) => {
  await claim(api, id);
  await settle(api, id);
};

const get = async ({ app }: TestApi, id: string, headers = {}) =>
  (await app.inject({ url: `/users/${id}`, headers })).json();

describe('GET /users/<id>/events', () => {
  test('sends what GET /users/<id> returns, at once and at each change, and ends when it has settled', async ({
    api,
  }) => {
    const id = await signUp(api, 'followed@example.com');
    const { response, events, ended } = await follow(api, id);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await expect.poll(() => events).toHaveLength(1);
    expect(events[0]?.data).toEqual(await get(api, id));
    await api.signUpStore.create(id, { name: 'Ada', email: 'followed@example.com', locale: 'en' });
    await expect.poll(() => events).toHaveLength(2);
    expect(events[1]?.data).toEqual(await get(api, id));
    await claim(api, id);
    await expect.poll(() => events).toHaveLength(3);
    await settle(api, id);
    await ended;
    expect(events.at(-1)?.data).toEqual(await get(api, id));
    expect(events.map(({ event }) => event)).toEqual(['status', 'status', 'status', 'settled']);
    expect(events.map(({ data }) => data.welcomeEmail?.status ?? data.status)).toEqual([
      'queued',
      'pending',
      'sending',
      'sent',
    ]);
  });

  test('has the person only for a caller with a key', async ({ api, keyed }) => {
    const email = 'person@example.com';
    const id = await createUser(api, email);
    const open = await follow(api, id);
    const full = await follow(keyed, id, withKey);
    await welcome(api, id);
    await Promise.all([open.ended, full.ended]);
    expect(open.text()).not.toMatch(/Ada|person@/);
    expect(full.events.at(-1)?.data).toMatchObject({ email, welcomeEmail: { attempts: 1 } });
    expect(full.events.at(-1)?.data).toEqual(await get(keyed, id, withKey));
  });

  test('sends one event of a sign-up that has settled, and 204 to whoever comes again with it', async ({
    api,
  }) => {
    const id = await createUser(api, 'settled@example.com');
    const early = await follow(api, id);
    await expect.poll(() => early.events).toHaveLength(1);
    await welcome(api, id);
    const { events, ended } = await follow(api, id);
    await ended;
    expect(events).toMatchObject([{ event: 'settled', data: { welcomeEmail: { status: 'sent' } } }]);
    const again = await follow(api, id, { 'last-event-id': events[0]?.id ?? '' });
    expect(again.response.status).toBe(204);
    // Whoever lost the connection before the end has yet to learn of it.
    const late = await follow(api, id, { 'last-event-id': early.events[0]?.id ?? '' });
    await late.ended;
    expect(late.events).toEqual(events);
  });

  test('ends by `deleted` when the person is deleted meanwhile, and is 404 then', async ({ api }) => {
    const id = await createUser(api, 'deleted.meanwhile@example.com');
    const { events, ended } = await follow(api, id);
    await expect.poll(() => events).toHaveLength(1);
    await api.signUpStore.delete(id);
    await ended;
    expect(events.at(-1)).toMatchObject({ event: 'deleted', data: {} });
    expect((await follow(api, id)).response.status).toBe(404);
  });

  test('is a problem where there is nothing to follow', async ({ api, keyed }) => {
    const problemOf = async ({ response }: Awaited<ReturnType<typeof follow>>) =>
      [response.status, response.headers.get('content-type')] as const;
    const type = 'application/problem+json; charset=utf-8';
    expect(await problemOf(await follow(api, randomUUIDv7()))).toEqual([404, type]);
    expect(await problemOf(await follow(api, 'nobody'))).toEqual([404, type]);
    expect(await problemOf(await follow(keyed, randomUUIDv7()))).toEqual([401, type]);
  });

  test('HEAD has its headers, and ends', async ({ api }) => {
    const id = await signUp(api, 'head.of.stream@example.com');
    const response = await api.app.inject({ method: 'HEAD', url: `/users/${id}/events` });
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-request-id': expect.any(String),
      'content-security-policy': expect.any(String),
    });
    expect(api.streams.count).toBe(0);
    const wrong = await api.app.inject({ method: 'POST', url: `/users/${id}/events` });
    expect(wrong.statusCode).toBe(405);
    expect(wrong.headers.allow).toBe('GET, HEAD');
  });
});

describe('streams of one process', () => {
  test('are no more than their limit; those who go make room, and who has settled needs none', async ({
    openApi,
  }) => {
    const api = await openApi({ streamLimits: { max: 2 } });
    const id = await createUser(api, 'limited@example.com');
    const [first] = [await follow(api, id), await follow(api, id)];
    const refused = await follow(api, id);
    expect(refused.response.status).toBe(503);
    expect(refused.response.headers.get('retry-after')).toBe('5');
    first.leave();
    await expect.poll(async () => (await follow(api, id)).response.status).toBe(200);
    expect(api.streams.count).toBe(2);
    const settled = await createUser(api, 'limited.settled@example.com');
    await welcome(api, settled);
    expect((await follow(api, settled)).response.status).toBe(200);
  });

  test('end after a while, and their clients come again', async ({ openApi }) => {
    const api = await openApi({ streamLimits: { longestMs: 100 } });
    const id = await createUser(api, 'long@example.com');
    const { events, ended, text } = await follow(api, id);
    await ended;
    expect(events.map(({ event }) => event)).toEqual(['status']);
    expect(text()).toMatch(/^retry: [12]\d{3}\n/);
    expect(api.streams.count).toBe(0);
  });

  test('end when the API closes', async ({ openApi }) => {
    const api = await openApi();
    const id = await createUser(api, 'closing@example.com');
    const { ended } = await follow(api, id);
    await api.app.close();
    await ended;
    expect(api.streams.count).toBe(0);
  });
});
