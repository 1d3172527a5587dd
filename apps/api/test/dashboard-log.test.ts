import { describe, expect } from 'vitest';
import { admin, adminLogin, asAdmin, asViewer, login, viewerLogin } from './support/credentials.ts';
import { type TestApi, test } from './support/test-api.ts';

const linesOf = (api: TestApi, message: string) =>
  api
    .readLog()
    .filter(({ msg }) => msg === message)
    .map(({ time, pid, hostname, reqId, requestId, msg, ...facts }) => facts);

describe('somebody who guesses passwords', () => {
  test('leaves a warning for each failure and one for the lock-out, with the address and not what was typed', async ({
    openApi,
    redis,
  }) => {
    const api = await openApi({ keyPrefix: `${redis.prefix}:guesses`, trustProxy: ['127.0.0.1'] });
    const typed = 'typed-into-the-wrong-field';
    for (let guess = 0; guess < 30; guess += 1) {
      const headers = { ...login(typed, `${typed}-${guess}`), 'x-forwarded-for': '203.0.113.9' };
      await api.app.inject({ url: '/admin/queues', headers });
    }
    const failures = Array.from({ length: 10 }, (_, index) => ({
      level: 40,
      address: '203.0.113.9',
      failures: index + 1,
    }));
    expect(linesOf(api, 'dashboard login failed')).toEqual(failures);
    expect(linesOf(api, 'dashboard locked out an address after too many failures')).toEqual([
      { level: 40, address: '203.0.113.9', seconds: expect.any(Number) },
    ]);
    expect(JSON.stringify(api.readLog())).not.toContain(typed);
  });

  test('is told from an operator who logs in, or is asked to', async ({ openApi, redis }) => {
    const api = await openApi({ keyPrefix: `${redis.prefix}:operator` });
    await api.app.inject({ url: '/admin/queues' });
    await api.app.inject({ url: '/admin/queues', headers: asAdmin });
    expect(linesOf(api, 'dashboard login failed')).toEqual([]);
  });
});

describe('a write below /admin', () => {
  const board = '/admin/queues/api/queues';

  test('is logged with who sent it and what it was, also when it was refused', async ({ openApi }) => {
    const api = await openApi({ logins: [adminLogin, viewerLogin] });
    const send = async (url: string, headers: object, method: 'PUT' | 'DELETE' = 'PUT') =>
      (await api.app.inject({ method, url: board + url, headers: { ...headers } })).statusCode;
    api.forgetLog();
    expect(await send('/users/pause', asAdmin)).toBe(200);
    expect(await send('/users/resume', asAdmin)).toBe(200);
    expect(await send('/users/retry/failed', asAdmin)).toBe(200);
    expect(await send('/emails/welcome-17/clean', asViewer)).toBe(403);
    expect(await send('/users/pause', { ...asAdmin, origin: 'https://evil.example' })).toBe(403);
    expect(await send('/users/17/promote', login(admin.user, 'wrong'))).toBe(401);
    expect(await send('/users/17/retry', asAdmin)).toBe(404);
    expect(await send('/users', asAdmin, 'DELETE')).toBe(404);
    const write = { level: 30, method: 'PUT', status: 200 };
    expect(linesOf(api, 'dashboard write')).toEqual([
      { ...write, by: 'admin', role: 'admin', action: 'pause', queue: 'users' },
      { ...write, by: 'admin', role: 'admin', action: 'resume', queue: 'users' },
      { ...write, by: 'admin', role: 'admin', action: 'retry', queue: 'users', queueStatus: 'failed' },
      {
        ...write,
        by: 'viewer',
        role: 'viewer',
        action: 'clean',
        queue: 'emails',
        jobId: 'welcome-17',
        status: 403,
      },
      { ...write, by: 'admin', role: 'admin', action: 'pause', queue: 'users', status: 403 },
      { ...write, role: 'none', action: 'promote', status: 401 },
      { ...write, by: 'admin', role: 'admin', action: 'retry', queue: 'users', jobId: '17', status: 404 },
      {
        ...write,
        by: 'admin',
        role: 'admin',
        method: 'DELETE',
        action: '',
        unknownPath: 'queues/api/queues/users',
        status: 404,
      },
    ]);
  });

  test('is told from looking, which is not logged', async ({ api }) => {
    api.forgetLog();
    for (const method of ['GET', 'HEAD'] as const)
      await api.app.inject({ method, url: board, headers: asAdmin });
    expect(linesOf(api, 'dashboard write')).toEqual([]);
  });
});
