import { describe, expect } from 'vitest';
import { admin, adminLogin, asAdmin, asViewer, login, viewer, viewerLogin } from './support/credentials.ts';
import { type TestApi, test } from './support/test-api.ts';

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH' | 'OPTIONS';

const board = (
  { app }: TestApi,
  path: string,
  headers: Record<string, string> = {},
  method: Method = 'GET',
) => app.inject({ method, url: `/admin/queues${path}`, headers });

describe('the dashboard', () => {
  test('asks for a login at each of its URLs', async ({ api }) => {
    for (const path of ['', '/', '/api/queues', '/queue/users', '/static/images/logo.svg', '/nowhere']) {
      const response = await board(api, path);
      expect(response.statusCode, path).toBe(401);
      expect(response.headers['www-authenticate']).toMatch(/^Basic realm="Backend Jobs"/);
      expect(response.headers['cache-control']).toBe('no-store');
      expect(response.json()).toMatchObject({ type: '/problems#unauthorized' });
    }
  });

  test('lets in only a user who knows both name and password', async ({ api }) => {
    expect((await board(api, '', asAdmin)).statusCode).toBe(200);
    expect((await board(api, '', login(admin.user, 'wrong'))).statusCode).toBe(401);
    expect((await board(api, '', login('root', admin.password))).statusCode).toBe(401);
    expect((await board(api, '', login(admin.user, ''))).statusCode).toBe(401);
    // The viewer has no password here.
    expect((await board(api, '', login(viewer.user, ''))).statusCode).toBe(401);
  });

  test('lets in nobody while no password is set', async ({ openApi }) => {
    const closed = await openApi({ logins: [] });
    const response = await board(closed, '', login('admin', ''));
    expect(response.statusCode).toBe(401);
    expect(response.json()).toMatchObject({
      detail: "The operators' pages are closed: ADMIN_PASSWORD is not set",
    });
  });

  test('leaves the other routes open', async ({ api }) => {
    expect((await api.app.inject('/livez')).statusCode).toBe(200);
    expect((await api.app.inject('/readyz')).statusCode).toBe(200);
  });
});

describe('a viewer', () => {
  test('sees everything, and changes nothing by any method', async ({ openApi }) => {
    const viewed = await openApi({ logins: [adminLogin, viewerLogin] });
    for (const path of ['', '/api/queues', '/queue/users']) {
      expect((await board(viewed, path, asViewer)).statusCode, path).toBe(200);
    }
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'] as const) {
      for (const path of ['/api/queues/users/pause', '/api/queues/users/1/retry', '/api/whatever']) {
        const response = await board(viewed, path, asViewer, method);
        expect(response.statusCode, `${method} ${path}`).toBe(403);
        expect(response.json()).toMatchObject({
          type: '/problems#forbidden',
          detail: 'The viewer login is read-only',
        });
      }
    }
    const { queues } = (await board(viewed, '/api/queues', asViewer)).json<{
      queues: { isPaused: boolean }[];
    }>();
    expect(queues.some(({ isPaused }) => isPaused)).toBe(false);
    expect((await board(viewed, '/api/queues/users/pause', asAdmin, 'PUT')).statusCode).toBe(200);
    expect((await board(viewed, '/api/queues/users/resume', asAdmin, 'PUT')).statusCode).toBe(200);
  });
});

describe("another site's page, with the browser's stored login", () => {
  const write = (api: TestApi, headers: Record<string, string>) =>
    board(api, '/api/queues/users/resume', { ...asAdmin, ...headers }, 'PUT');

  test.for([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ])('changes nothing: %j', async (headers, { api }) => {
    const response = await write(api, headers);
    expect(response.statusCode).toBe(403);
    expect(response.json()).toMatchObject({ detail: 'Cross-site requests are not allowed' });
  });

  test('is distinguished from the dashboard itself, also behind a proxy that rewrites the host', async ({
    api,
  }) => {
    const own = { host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' };
    expect((await write(api, own)).statusCode).toBe(200);
    const rewritten = { 'sec-fetch-site': 'same-origin', origin: 'https://public.example' };
    expect((await write(api, rewritten)).statusCode).toBe(200);
  });
});

describe('somebody who guesses passwords', () => {
  const guess = (api: TestApi, address: string) =>
    board(api, '', { ...login('admin', `guess-${Math.random()}`), 'x-forwarded-for': address });

  /** As many guesses at once, and the statuses that they got. */
  const guessMany = async (api: TestApi, address: string, count: number): Promise<Set<number>> => {
    const responses = await Promise.all(Array.from({ length: count }, () => guess(api, address)));
    return new Set(responses.map(({ statusCode }) => statusCode));
  };

  test('is refused after ten failures, with the right password too, and locks out nobody else', async ({
    openApi,
  }) => {
    const api = await openApi({ trustProxy: ['127.0.0.1'] });
    const attacker = { 'x-forwarded-for': '203.0.113.1' };
    expect(await guessMany(api, '203.0.113.1', 10)).toEqual(new Set([401]));
    expect((await board(api, '', { ...asAdmin, ...attacker })).statusCode).toBe(429);
    const refused = await guess(api, '203.0.113.1');
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await guessMany(api, '203.0.113.1', 100)).toEqual(new Set([429]));
    expect((await board(api, '', { ...asAdmin, ...attacker })).statusCode).toBe(429);
    const owner = { 'x-forwarded-for': '203.0.113.2' };
    expect((await board(api, '', { ...asAdmin, ...owner })).statusCode).toBe(200);
  });

  test('counts by the network, where one has many addresses', async ({ openApi }) => {
    const api = await openApi({ trustProxy: ['127.0.0.1'] });
    for (let host = 1; host <= 10; host += 1) await guess(api, `2001:db8::${host}`);
    expect((await guess(api, '2001:db8::ffff')).statusCode).toBe(429);
    expect((await guess(api, '2001:db8:1::1')).statusCode).toBe(401);
  });

  test('gains nothing by a forged address, which the log mentions once', async ({ openApi, redis }) => {
    const api = await openApi({ keyPrefix: `${redis.prefix}:forged` });
    for (let host = 1; host <= 10; host += 1) await guess(api, `203.0.113.${host}`);
    expect((await guess(api, '203.0.113.99')).statusCode).toBe(429);
    const warnings = api.readLog().filter(({ msg }) => String(msg).includes('without TRUST_PROXY'));
    expect(warnings).toHaveLength(1);
  });
});
