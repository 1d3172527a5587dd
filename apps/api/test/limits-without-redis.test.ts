import { startTestRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { asAdmin, login } from './support/credentials.ts';
import { post, test } from './support/test-api.ts';

const signUpLimit = { max: 5, durationMs: 60_000 };

describe('while Redis is away', () => {
  test('nobody can guess passwords: even the right one is a 503', async ({ openApi }) => {
    const redis = await startTestRedis();
    const api = await openApi({ redisUrl: redis.serviceUrl });
    await redis.stop();
    for (const headers of [login('admin', 'wrong'), asAdmin]) {
      const response = await api.app.inject({ url: '/admin/queues', headers });
      expect(response.statusCode).toBe(503);
      expect(response.headers['retry-after']).toBe('1');
    }
  });
});

describe('while Redis refuses only to count', () => {
  test('nobody signs up or logs in without being counted: 503', async ({ openApi }) => {
    await using opened = new AsyncDisposableStack();
    const redis = await startTestRedis();
    opened.defer(() => redis.stop());
    const operator = new Redis(redis.url);
    opened.defer(() => operator.disconnect());
    const api = await openApi({ redisUrl: redis.serviceUrl, keyPrefix: '{x}', signUpLimit });
    expect((await post(api, { name: 'Ada', email: 'ada@example.com' })).statusCode).toBe(202);
    // All keys but those of the limits: the rest of a sign-up would work.
    await operator.call('ACL', 'SETUSER', 'default', 'resetkeys', '~{x}:[^l]*');
    expect((await post(api, { name: 'Bob', email: 'bob@example.com' })).statusCode).toBe(503);
    expect((await api.app.inject({ url: '/admin/queues', headers: asAdmin })).statusCode).toBe(503);
    await operator.call('ACL', 'SETUSER', 'default', 'allkeys');
    expect((await post(api, { name: 'Bob', email: 'bob@example.com' })).statusCode).toBe(202);
  });
});
