import { fastify } from 'fastify';
import helmet from 'helmet';
import { describe, expect } from 'vitest';
import { securityHeaders } from '../src/headers/security-headers.ts';
import { test } from './support/test-api.ts';

const urls = [
  ...['/livez', '/users/1', '/nowhere', '/admin/queues', '/docs/', '/problems', '/', '/sign-ups/1'],
  ...['/%zz', '/users/%zz', `/users/${'1'.repeat(101)}`],
];

describe('every response', () => {
  test.for(urls)('has the security headers, and the request id that came in: %s', async (url, { api }) => {
    const { headers } = await api.app.inject({ url, headers: { 'x-request-id': 'mine-1' } });
    const { 'content-security-policy': _, 'referrer-policy': none, ...others } = securityHeaders;
    expect(headers).toMatchObject({ ...others, 'x-request-id': 'mine-1' });
    expect([none, 'same-origin']).toContain(headers['referrer-policy']);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; frame-ancestors 'none'(; [a-z]+-(src|uri|action) ('self'|'none'|'unsafe-inline'|data:| )+)*$/,
    );
  });

  test('has all headers that helmet sets, with a stricter content security policy', async () => {
    const app = fastify();
    app.addHook('onRequest', (request, reply, done) => helmet()(request.raw, reply.raw, () => done()));
    app.get('/', async () => '');
    const { headers } = await app.inject('/');
    const { 'content-security-policy': policy, ...others } = securityHeaders;
    expect(headers).toMatchObject(others);
    const ours = ['connection', 'content-length', 'content-type', 'date'];
    const helmets = Object.keys(headers).filter((name) => !ours.includes(name));
    expect(Object.keys(securityHeaders).sort()).toEqual(helmets.sort());
    expect(policy).toBe("default-src 'none'; frame-ancestors 'none'");
    await app.close();
  });

  test('has a request id of its own where the given one would break a log line', async ({ api }) => {
    const { headers } = await api.app.inject({ url: '/livez', headers: { 'x-request-id': 'a b{"c"}' } });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a method that a URL does not have', () => {
  test.for([
    { method: 'PUT', url: '/users', allow: 'POST, GET, HEAD' },
    { method: 'POST', url: '/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10', allow: 'GET, HEAD, DELETE' },
    { method: 'DELETE', url: '/livez', allow: 'GET, HEAD' },
  ] as const)('$method $url is 405, with those that it has', async ({ method, url, allow }, { api }) => {
    const response = await api.app.inject({ method, url });
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe(allow);
    expect(response.json()).toEqual({
      type: '/problems#method-not-allowed',
      title: 'Method not allowed for this URL',
      status: 405,
    });
  });
});

describe('the log', () => {
  test('has one line for each response, with the pattern of the route and not the URL', async ({ api }) => {
    api.forgetLog();
    await api.app.inject({
      url: '/users/secret?email=ada@example.com',
      headers: { 'x-request-id': 'mine-2' },
    });
    expect(api.readLog()).toEqual([
      expect.objectContaining({
        requestId: 'mine-2',
        method: 'GET',
        route: '/users/:id',
        status: 404,
        durationMs: expect.any(Number),
      }),
    ]);
    expect(JSON.stringify(api.readLog())).not.toMatch(/secret|ada@|127\.0\.0\.1/);
  });

  test('has the requests of the dashboard only at debug', async ({ api }) => {
    api.forgetLog();
    await api.app.inject('/admin/queues');
    await api.app.inject('/nowhere');
    expect(api.readLog().map(({ level }) => level)).toEqual([20, 30]);
  });
});
