import { describe, expect } from 'vitest';
import { asAdmin } from './support/credentials.ts';
import { type TestApi, test } from './support/test-api.ts';

const host = '127.0.0.1:3000';

const statusOfWrite = async ({ app }: TestApi, headers: Record<string, string>): Promise<number> => {
  const url = '/admin/queues/api/queues/users/resume';
  return (await app.inject({ method: 'PUT', url, headers: { ...asAdmin, host, ...headers } })).statusCode;
};

describe('a page whose origin is nearly that of the dashboard', () => {
  test.for([
    'http://127.0.0.1:4000',
    'http://127.0.0.1',
    'http://127.0.0.1:30000',
    'http://127.0.0.1:3000.evil.example',
    'http://evil.example/127.0.0.1:3000',
    'http://127.0.0.1:3000@evil.example',
    'http://x127.0.0.1:3000',
    'http://localhost:3000',
    '127.0.0.1:3000',
    'null',
    '',
  ])('changes nothing from %j', async (origin, { api }) => {
    expect(await statusOfWrite(api, { origin })).toBe(403);
  });

  test('changes nothing if it has the right Origin, but the browser calls it another site', async ({
    api,
  }) => {
    for (const site of ['cross-site', 'same-site', 'none', ''])
      expect(await statusOfWrite(api, { origin: `http://${host}`, 'sec-fetch-site': site }), site).toBe(403);
  });
});

test('a page of the dashboard may have a name with any port, or none', async ({ api }) => {
  expect(await statusOfWrite(api, { origin: `https://${host}` })).toBe(200);
  const named = { host: 'queues.example', origin: 'https://queues.example' };
  expect(await statusOfWrite(api, named)).toBe(200);
  expect(await statusOfWrite(api, { ...named, origin: 'https://evil.queues.example' })).toBe(403);
  expect(await statusOfWrite(api, { ...named, origin: 'https://queues.example:8443' })).toBe(403);
});
