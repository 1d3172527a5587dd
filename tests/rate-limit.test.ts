import { startRedis } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { apiKeysEnv, withKey } from './support/api-key.ts';
import { openWorld, test, type World } from './support/world.ts';

const limited = { RATE_LIMIT: '5/1m', TRUST_PROXY: 'loopback' };

let signUps = 0;
const signUp = (world: World, url: string, headers: Record<string, string>) => {
  signUps += 1;
  return world.post({ name: 'Ada', email: `limit.${signUps}@example.com` }, headers, url);
};

describe('sign-ups of one address', () => {
  test('are limited over all replicas, and the answers say how', async ({ world }) => {
    const one = await world.startApi({ env: limited });
    const other = await world.startApi({ env: limited });
    const from = { 'x-forwarded-for': '203.0.113.1' };
    const first = await signUp(world, one.url, from);
    expect(first.status).toBe(202);
    expect(first.headers.get('ratelimit-limit')).toBe('5');
    expect(first.headers.get('ratelimit-remaining')).toBe('4');
    expect(first.headers.get('ratelimit-reset')).toBe('60');
    for (let count = 0; count < 4; count += 1)
      expect((await signUp(world, other.url, from)).status).toBe(202);
    const refused = await signUp(world, one.url, from);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ type: '/problems#too-many-requests', status: 429 });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await signUp(world, one.url, { 'x-forwarded-for': '203.0.113.2' })).status).toBe(202);
    expect((await fetch(`${one.url}/users/unknown`, { headers: from })).status).toBe(404);
  });

  test('are limited by the API key, where there is one', async ({ world }) => {
    const { url } = await world.startApi({ env: { ...limited, ...apiKeysEnv } });
    for (let count = 0; count < 5; count += 1) {
      const from = { ...withKey, 'x-forwarded-for': `203.0.113.${count + 10}` };
      expect((await signUp(world, url, from)).status).toBe(202);
    }
    expect((await signUp(world, url, { ...withKey, 'x-forwarded-for': '203.0.113.99' })).status).toBe(429);
  });
});

test('with Redis away the limit does not let anybody pass: 503', async () => {
  await using opened = new AsyncDisposableStack();
  const redis = await startRedis();
  opened.defer(() => redis.stop());
  const world = await openWorld(opened, redis, limited);
  await redis.kill();
  const response = await signUp(world, world.apiUrl, {});
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
});
