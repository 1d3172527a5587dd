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

describe('the page of another site', () => {
  const send = ({ app }: TestApi, url: string, headers: Record<string, string>, form: object) =>
    app.inject({
      method: 'POST',
      url,
      headers: { host, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams({ ...form }).toString(),
    });
  const own = { origin: `http://${host}` };
  const other = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };

  test('learns nothing of who has signed up by a form of its own', async ({ api }) => {
    const form = { wanted: 'nobody@example.com' };
    expect((await send(api, '/admin/find', { ...asAdmin, ...own }, form)).statusCode).toBe(404);
    expect((await send(api, '/admin/find', { ...asAdmin, ...other }, form)).statusCode).toBe(403);
  });

  test('has nobody sign up, and leaves the limit of its visitor alone', async ({ openApi }) => {
    const api = await openApi({ signUpLimit: { max: 1, durationMs: 60_000 } });
    const form = { name: 'Ada', email: 'visitor@example.com' };
    const { statusCode, body } = await send(api, '/', other, form);
    expect(statusCode).toBe(403);
    expect(body).toContain('from the page of another site');
    expect(body).not.toContain('visitor@example.com');
    expect((await send(api, '/', own, form)).statusCode).toBe(303);
  });
});

test('the pages have a browser say from where a form is sent, also over HTTP', async ({ api }) => {
  for (const url of ['/', '/admin/failures', '/admin/find']) {
    const { headers } = await api.app.inject({ url, headers: asAdmin });
    expect(headers['referrer-policy'], url).toBe('same-origin'); // not `no-referrer`: then `Origin` is `null`
  }
});
