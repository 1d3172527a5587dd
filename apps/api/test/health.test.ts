import { startTestRedis } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { test } from './support/test-api.ts';

describe('/livez and /readyz', () => {
  test('are 200 while the process can accept sign-ups', async ({ api }) => {
    expect((await api.app.inject('/livez')).json()).toEqual({ status: 'alive' });
    expect((await api.app.inject('/readyz')).json()).toEqual({ status: 'ready' });
  });

  test('say that a process which is about to stop lives, but is not ready', async ({ openApi }) => {
    const { app } = await openApi({ isDraining: () => true });
    expect((await app.inject('/livez')).statusCode).toBe(200);
    const response = await app.inject('/readyz');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ detail: 'The server is shutting down' });
    expect(response.headers).toMatchObject({ connection: 'close', 'retry-after': '1' });
  });

  test('say that a process without Redis lives, but is not ready', async ({ openApi }) => {
    const redis = await startTestRedis();
    const { app } = await openApi({ redisUrl: redis.serviceUrl });
    await redis.stop();
    expect((await app.inject('/livez')).statusCode).toBe(200);
    const response = await app.inject('/readyz');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ detail: 'Redis does not take writes' });
  });
});
