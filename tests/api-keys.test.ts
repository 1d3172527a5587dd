import { describe, expect } from 'vitest';
import { apiKey, apiKeysEnv, withKey } from './support/api-key.ts';
import { test } from './support/world.ts';

const ada = (email: string) => ({ name: 'Ada', email });

test.beforeAll(async ({ world }) => {
  await world.startApi({ env: apiKeysEnv });
  await world.apis.shift()?.stop();
});

describe('with API keys set', () => {
  test.for<Record<string, string>>([
    {},
    { authorization: 'Bearer wrong' },
    { authorization: 'Bearer' },
    { authorization: `Basic ${apiKey}` },
    { authorization: `Bearer ${'0'.repeat(64)}` },
  ])('nobody gets in with %j', async (headers, { world }) => {
    const response = await world.post(ada('closed@example.com'), headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    const unknown = `${world.apiUrl}/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10`;
    expect((await fetch(unknown, { headers })).status).toBe(401);
    expect((await fetch(unknown, { method: 'DELETE', headers })).status).toBe(401);
    expect((await fetch(`${world.apiUrl}/users`, { headers })).status).toBe(401);
  });

  test('who has one does, and the log has its name and not the key', async ({ world }) => {
    world.log = '';
    const response = await world.post(ada('known@example.com'), withKey);
    expect(response.status).toBe(202);
    await expect.poll(() => world.log).toMatch(/"caller":"mobile"/);
    expect(world.log).not.toContain(apiKey);
  });

  test("one caller's idempotency key is not another's", async ({ world }) => {
    const other = await world.startApi();
    const headers = { 'idempotency-key': 'shared' };
    const mine = await world.post(ada('mine@example.com'), { ...headers, ...withKey });
    const theirs = await world.post(ada('theirs@example.com'), headers, other.url);
    expect([mine.status, theirs.status]).toEqual([202, 202]);
    expect((await mine.json()) as object).not.toEqual(await theirs.json());
  });
});

test('without them, the API is open, says so at the start, and lists and deletes for nobody', async ({
  world,
}) => {
  world.log = '';
  const { url } = await world.startApi();
  expect(world.log).toContain('API_KEYS is not set');
  expect((await world.post(ada('open@example.com'), {}, url)).status).toBe(202);
  for (const method of ['GET', 'DELETE']) {
    const path = method === 'GET' ? '/users' : '/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10';
    const response = await fetch(url + path, { method, headers: withKey });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      detail: 'This operation is disabled: API_KEYS is not set',
    });
  }
});
