import { startTestRedis } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { apiKeys, withKey } from './support/credentials.ts';
import { createUser, post, type TestApi, test } from './support/test-api.ts';

const limited = { signUpLimit: { max: 5, durationMs: 60_000 }, trustProxy: ['loopback'] };

let signUps = 0;
const signUp = (api: TestApi, headers: Record<string, string>) => {
  signUps += 1;
  return post(api, { name: 'Ada', email: `limit.${signUps}@example.com` }, headers);
};

describe('sign-ups of one address', () => {
  test('are limited over all replicas, and the responses say how', async ({ openApi }) => {
    const one = await openApi(limited);
    const other = await openApi(limited);
    const from = { 'x-forwarded-for': '203.0.113.1' };
    const first = await signUp(one, from);
    expect(first.statusCode).toBe(202);
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '5',
      'ratelimit-remaining': '4',
      'ratelimit-reset': '60',
    });
    for (let count = 0; count < 4; count += 1) expect((await signUp(other, from)).statusCode).toBe(202);
    const refused = await signUp(one, from);
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toEqual({
      type: '/problems#too-many-requests',
      title: 'Too many requests',
      status: 429,
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await signUp(one, { 'x-forwarded-for': '203.0.113.2' })).statusCode).toBe(202);
    expect((await one.app.inject({ url: '/users/unknown', headers: from })).statusCode).toBe(404);
  });

  test('are limited by the API key, where there is one', async ({ openApi }) => {
    const api = await openApi({ ...limited, apiKeys });
    for (let count = 0; count < 5; count += 1) {
      const from = { ...withKey, 'x-forwarded-for': `203.0.113.${count + 10}` };
      expect((await signUp(api, from)).statusCode).toBe(202);
    }
    expect((await signUp(api, { ...withKey, 'x-forwarded-for': '203.0.113.99' })).statusCode).toBe(429);
  });
});

test('with Redis away the limit lets nobody pass: 503', async ({ openApi }) => {
  const redis = await startTestRedis();
  const api = await openApi({ ...limited, redisUrl: redis.serviceUrl });
  await redis.stop();
  const response = await signUp(api, {});
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('1');
});

describe('users of one mailbox', () => {
  test('are limited: then the response is 429, and a taken address stays 409', async ({ openApi }) => {
    const limits = { perMailbox: { max: 1, durationMs: 60_000 }, perDomain: undefined };
    const api = await openApi({ limits });
    await createUser(api, 'vic.tim+1@example.com');
    const refused = await post(api, { name: 'Vic', email: 'vic.tim+2@example.com' });
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ detail: 'Too many sign-ups for this mailbox' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
    expect((await post(api, { name: 'Vic', email: 'vic.tim+1@example.com' })).statusCode).toBe(409);
    expect((await post(api, { name: 'Ada', email: 'ada@example.com' })).statusCode).toBe(202);
  });
});
