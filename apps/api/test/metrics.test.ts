import { describe, expect } from 'vitest';
import { createApiMetrics } from '../src/metrics.ts';
import { withKey } from './support/credentials.ts';
import { test as base, createUser, post } from './support/test-api.ts';

const test = base.extend('counted', { scope: 'file' }, async ({ openApi }) => {
  const metrics = createApiMetrics({
    isRedisAway: () => false,
    readQueues: async () => undefined,
    readScaling: async () => undefined,
    openStreams: () => 7,
  });
  const api = await openApi({ observers: [metrics.plugin], hasSignUpPage: true });
  return { api, scrape: () => metrics.source.metrics() };
});

const requestCounts = (text: string): string[] =>
  text.split('\n').filter((line) => line.startsWith('http_server_request_duration_seconds_count{'));

describe('a request', () => {
  test('counts under the pattern of its route, never under its URL', async ({ counted: { api, scrape } }) => {
    const id = crypto.randomUUID();
    for (const url of [`/users/${id}`, `/users/${id}?email=ada@example.com`, `/${id}`, `/admin/queues/${id}`])
      await api.app.inject({ url, headers: withKey });
    await api.app.inject({ url: `/${id}`, method: 'PROPFIND' as 'GET' });
    const counts = requestCounts(await scrape());
    expect(counts.filter((line) => line.includes(id) || line.includes('ada@'))).toEqual([]);
    expect(counts).toContainEqual(expect.stringMatching(/method="_OTHER",http_route="none".*"404"} 1$/));
    expect(counts).toContainEqual(expect.stringMatching(/http_route="\/users\/:id"/));
  });

  test('counts by the problem that it got, if it was one to sign up', async ({
    counted: { api, scrape },
  }) => {
    await post(api, { name: 'Ada' });
    await post(api, '{');
    await api.app.inject({ url: '/nobody' }); // a problem, but no sign-up
    // The same by the form of the page.
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const send = (payload: string) => api.app.inject({ method: 'POST', url: '/', headers, payload });
    expect((await send('name=Ada&email=ada')).statusCode).toBe(400);
    await createUser(api, 'taken@example.org');
    expect((await send('name=Ada&email=taken@example.org')).statusCode).toBe(409);
    const text = await scrape();
    expect(text).toMatch(/^sign_ups_refused_total\{problem="invalid-request"\} 2$/m);
    expect(text).toMatch(/^sign_ups_refused_total\{problem="email-taken"\} 1$/m);
    expect(text).toMatch(/^sign_ups_refused_total\{problem="malformed-request"\} 1$/m);
    expect(text).toMatch(/^sign_ups_refused_total\{problem="not-found"\} 0$/m);
  });
});

test('what is not known is not said: no queue has an age while Redis is away', async ({
  counted: { scrape },
}) => {
  const text = await scrape();
  expect(text).not.toMatch(/^(queue_|sign_up_oldest|scaling_)/m);
  expect(text).toMatch(/^http_server_open_streams 7$/m);
});
