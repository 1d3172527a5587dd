import { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { post, type TestApi, test } from './support/test-api.ts';

const signUpLimit = { max: 2, durationMs: 60_000 };
const proxy = '10.9.8.7';

/** Requests from one peer, with these headers `X-Forwarded-For`, and the statuses that they got. */
const statuses = async (api: TestApi, remoteAddress: string, forwarded: string[]): Promise<number[]> => {
  const responses = forwarded.map((header, index) =>
    api.app.inject({
      method: 'POST',
      url: '/users',
      remoteAddress,
      headers: { 'x-forwarded-for': header },
      payload: { name: 'Ada', email: `${crypto.randomUUID()}.${index}@example.com` },
    }),
  );
  return (await Promise.all(responses)).map(({ statusCode }) => statusCode);
};

describe('with TRUST_PROXY set', () => {
  test('a peer that is no proxy gains nothing by a header of its own', async ({ openApi }) => {
    const api = await openApi({ signUpLimit, trustProxy: [proxy] });
    const forged = ['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4'];
    expect((await statuses(api, '192.0.2.66', forged)).sort()).toEqual([202, 202, 429, 429]);
  });

  test('a client gains nothing by what it puts before the address that the proxy adds', async ({
    openApi,
  }) => {
    const api = await openApi({ signUpLimit, trustProxy: [proxy] });
    const forged = ['198.51.100.1', '198.51.100.2', `198.51.100.3, ${proxy}`, 'unknown'];
    const forwarded = forged.map((header) => `${header}, 203.0.113.66`);
    expect((await statuses(api, proxy, forwarded)).sort()).toEqual([202, 202, 429, 429]);
  });

  test("each of a proxy's clients counts alone", async ({ openApi }) => {
    const api = await openApi({ signUpLimit, trustProxy: [proxy] });
    const clients = ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'];
    expect(await statuses(api, proxy, clients)).toEqual([202, 202, 202, 202]);
  });
});

test('no name of a key holds the address that counts', async ({ openApi, redis }) => {
  const keyPrefix = `${redis.prefix}:hashed`;
  const api = await openApi({ signUpLimit, keyPrefix });
  await post(api, { name: 'Ada', email: 'hashed@example.com' });
  const connection = new Redis(redis.url);
  const keys = await connection.keys(`${keyPrefix}:limit:*`);
  connection.disconnect();
  expect(keys).toHaveLength(1);
  expect(keys.join()).not.toContain('127.0.0.1');
});
