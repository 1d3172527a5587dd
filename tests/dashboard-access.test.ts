import { describe, expect } from 'vitest';
import { login } from './support/login.ts';
import { sendRaw } from './support/raw-http.ts';
import { admin, test, type World } from './support/world.ts';

const viewer = { user: 'viewer', password: 'another-password' };
const asAdmin = login(admin.user, admin.password);
const asViewer = login(viewer.user, viewer.password);

const board = (url: string, path: string, init: RequestInit = {}) =>
  fetch(`${url}/admin/queues${path}`, init);

const openBoard = async (world: World, env: Record<string, string> = {}): Promise<string> =>
  (await world.startApi({ env: { VIEWER_PASSWORD: viewer.password, ...env } })).url;

describe('a viewer', () => {
  test('sees everything, and changes nothing, whatever the way', async ({ world }) => {
    const url = await openBoard(world);
    for (const path of ['', '/api/queues', '/queue/users']) {
      expect((await board(url, path, { headers: asViewer })).status, path).toBe(200);
    }
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS']) {
      for (const path of ['/api/queues/users/pause', '/api/queues/users/1/retry', '/api/whatever']) {
        const response = await board(url, path, { method, headers: asViewer });
        expect(response.status, `${method} ${path}`).toBe(403);
        expect(await response.json()).toMatchObject({ type: '/problems#forbidden' });
      }
    }
    const { queues } = (await (await board(url, '/api/queues', { headers: asViewer })).json()) as {
      queues: { isPaused: boolean }[];
    };
    expect(queues.some(({ isPaused }) => isPaused)).toBe(false);
    expect((await board(url, '/api/queues/users/pause', { method: 'PUT', headers: asAdmin })).status).toBe(
      200,
    );
    expect((await board(url, '/api/queues/users/resume', { method: 'PUT', headers: asAdmin })).status).toBe(
      200,
    );
  });
});

describe("another site's page, with the browser's stored login", () => {
  const write = async (url: string, headers: Record<string, string>) =>
    (await board(url, '/api/queues/users/resume', { method: 'PUT', headers: { ...asAdmin, ...headers } }))
      .status;

  test.for([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ])('changes nothing: %j', async (headers, { world }) => {
    expect(await write(world.apiUrl, headers)).toBe(403);
  });

  test('is told from the dashboard itself, also behind a proxy that rewrites the host', async ({ world }) => {
    expect(await write(world.apiUrl, { origin: world.apiUrl })).toBe(200);
    const rewritten = { 'sec-fetch-site': 'same-origin', origin: 'https://public.example' };
    expect(await write(world.apiUrl, rewritten)).toBe(200);
  });
});

describe('who guesses passwords', () => {
  const guess = (url: string, headers: Record<string, string> = {}) =>
    board(url, '', { headers: { ...login('admin', `guess-${Math.random()}`), ...headers } });
  const proxied = { TRUST_PROXY: '127.0.0.1' };

  /** So many over one connection, one behind the other. */
  const manyGuesses = (count: number): string =>
    Array.from({ length: count }, (_, index) => {
      const { authorization } = login('admin', `guess-${index}`);
      const last = index === count - 1 ? 'Connection: close\r\n' : '';
      return `GET /admin/queues HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.1\r\nAuthorization: ${authorization}\r\n${last}\r\n`;
    }).join('');

  test('is refused after ten failures, with the right password too, and locks out nobody else', async ({
    world,
  }) => {
    const url = await openBoard(world, proxied);
    const attacker = { 'x-forwarded-for': '203.0.113.1' };
    const first = await Promise.all(Array.from({ length: 10 }, () => guess(url, attacker)));
    expect(first.map(({ status }) => status)).toEqual(Array(10).fill(401));
    const refused = await guess(url, attacker);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    for (let round = 0; round < 10; round += 1) {
      expect(new Set(await sendRaw(url, manyGuesses(1_000)))).toEqual(new Set([429]));
    }
    expect((await board(url, '', { headers: { ...asAdmin, ...attacker } })).status).toBe(429);
    const owner = { 'x-forwarded-for': '203.0.113.2' };
    expect((await board(url, '', { headers: { ...asAdmin, ...owner } })).status).toBe(200);
  }, 60_000);

  test('counts by the network, where one has many addresses', async ({ world }) => {
    const url = await openBoard(world, proxied);
    for (let host = 1; host <= 10; host += 1) await guess(url, { 'x-forwarded-for': `2001:db8::${host}` });
    expect((await guess(url, { 'x-forwarded-for': '2001:db8::ffff' })).status).toBe(429);
    expect((await guess(url, { 'x-forwarded-for': '2001:db8:1::1' })).status).toBe(401);
  });

  test('gains nothing by a forged address, of which the log tells once', async ({ world }) => {
    const url = await openBoard(world, { KEY_PREFIX: '{forged}' });
    world.log = '';
    for (let host = 1; host <= 10; host += 1) await guess(url, { 'x-forwarded-for': `203.0.113.${host}` });
    expect((await guess(url, { 'x-forwarded-for': '203.0.113.99' })).status).toBe(429);
    expect(world.log.match(/without TRUST_PROXY/g)).toHaveLength(1);
  });
});
