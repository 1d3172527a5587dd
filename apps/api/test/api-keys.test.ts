import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { apiKey, withKey } from './support/credentials.ts';
import { post, test } from './support/test-api.ts';

const ada = (email: string) => ({ name: 'Ada', email });
const unknown = '/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10';

describe('with API keys set', () => {
  test.for<Record<string, string>>([
    {},
    { authorization: 'Bearer wrong' },
    { authorization: 'Bearer' },
    { authorization: `Basic ${apiKey}` },
    { authorization: `Bearer ${'0'.repeat(64)}` },
  ])('nobody gets in with %j', async (headers, { keyed }) => {
    const response = await post(keyed, ada('closed@example.com'), headers);
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.json()).toMatchObject({ type: '/problems#unauthorized' });
    const requests = [
      { method: 'GET', url: unknown },
      { method: 'DELETE', url: unknown },
      { method: 'GET', url: '/users' },
      { method: 'HEAD', url: '/users' },
    ] as const;
    for (const request of requests) {
      expect((await keyed.app.inject({ ...request, headers })).statusCode, request.method).toBe(401);
    }
  });

  test('a client with a key gets in, and the log has its name and not the key', async ({ keyed }) => {
    keyed.forgetLog();
    expect((await post(keyed, ada('known@example.com'), withKey)).statusCode).toBe(202);
    expect(keyed.readLog()).toContainEqual(expect.objectContaining({ caller: 'mobile', status: 202 }));
    expect(JSON.stringify(keyed.readLog())).not.toContain(apiKey);
  });

  test("one caller's idempotency key is not another's", async ({ keyed, api }) => {
    const headers = { 'idempotency-key': 'shared' };
    const mine = await post(keyed, ada('mine@example.com'), { ...headers, ...withKey });
    const theirs = await post(api, ada('theirs@example.com'), headers);
    expect([mine.statusCode, theirs.statusCode]).toEqual([202, 202]);
    expect(mine.json()).not.toEqual(theirs.json());
  });
});

test.for(['', 'x', 'secret', 'fifteen-letters'])(
  'a request without a key, or with a short one, gets in nowhere, though its hash is known: %j',
  async (key, { openApi }) => {
    const hash = createHash('sha256').update(key).digest('hex');
    const api = await openApi({ apiKeys: new Map([[hash, 'mobile']]) });
    for (const headers of [{}, { authorization: 'Bearer ' }, { authorization: `Bearer ${key}` }]) {
      expect((await post(api, ada('short@example.com'), headers)).statusCode).toBe(401);
      expect((await api.app.inject({ url: '/users', headers })).statusCode).toBe(401);
      expect((await api.app.inject({ method: 'DELETE', url: unknown, headers })).statusCode).toBe(401);
    }
  },
);

test('without API keys anybody can sign up, and nobody can list or delete', async ({ api }) => {
  expect((await post(api, ada('open@example.com'))).statusCode).toBe(202);
  for (const request of [
    { method: 'GET', url: '/users' },
    { method: 'DELETE', url: unknown },
  ] as const) {
    const response = await api.app.inject({ ...request, headers: withKey });
    expect(response.statusCode).toBe(401);
    expect(response.json()).toMatchObject({ detail: 'This operation is disabled: API_KEYS is not set' });
  }
});
