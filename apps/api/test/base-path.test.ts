import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { basePath, withoutBasePath } from '../src/base-path.ts';
import { asAdmin } from './support/credentials.ts';
import { test } from './support/test-api.ts';

const json = { 'content-type': 'application/json' };

describe.each(['/svc', ''])('with a base path, behind a proxy that leaves %j of it', (left) => {
  test('every link begins with the base path, and leads back', async ({ openApi }) => {
    const { app } = await openApi({ basePath: '/svc' });
    const follow = (link: unknown) => app.inject(left + String(link).replace(/^\/svc/, ''));
    const payload = JSON.stringify({ name: 'Ada', email: `linked${left.length}@example.com` });
    const accepted = await app.inject({ method: 'POST', url: `${left}/users`, headers: json, payload });
    const { id, links } = accepted.json();
    expect(links.self).toBe(`/svc/users/${id}`);
    expect(accepted.headers.location).toBe(links.self);
    expect((await follow(links.self)).json()).toMatchObject({ id });

    const unknown = await app.inject(`${left}/nowhere`);
    expect(unknown.statusCode).toBe(404);
    expect(unknown.json()).toMatchObject({ type: '/svc/problems#not-found' });
    expect((await follow(unknown.json().type)).body).toContain('id="not-found"');
    const unroutable = await app.inject(`${left}/users/%`);
    expect(unroutable.json()).toMatchObject({ type: expect.stringMatching('^/svc/problems#') });
  });

  test('the pages load their parts from below it', async ({ openApi }) => {
    const { app } = await openApi({ basePath: '/svc' });
    for (const path of ['/docs', '/docs/', '/admin/queues', '/admin/queues/']) {
      const page = await app.inject({ url: left + path, headers: asAdmin });
      expect(page.statusCode, path).toBe(200);
      const links = [...page.body.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, link = '']) => link);
      const base = /<base href="([^"]+)"/.exec(page.body)?.[1] ?? `/svc${path}`;
      expect(links.length).toBeGreaterThan(2);
      for (const link of links) {
        const { pathname } = new URL(link, `http://x${base}`);
        expect(pathname).toMatch(/^\/svc\//);
        const url = left + pathname.replace(/^\/svc/, '');
        expect((await app.inject({ url, headers: asAdmin })).statusCode, pathname).toBe(200);
      }
    }
    expect((await app.inject(`${left}/openapi.json`)).json()).toMatchObject({ servers: [{ url: '/svc' }] });
  });
});

test('a request that is no HTTP gets a link with the base path, too', async ({ openApi }) => {
  const { app } = await openApi({ basePath: '/svc' });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((app.server.address() as { port: number }).port, '127.0.0.1');
  socket.end('no HTTP\r\n\r\n');
  expect(await text(socket)).toContain('"/svc/problems#malformed-request"');
});

test.for([
  ['/svc', '/'],
  ['/svc/', '/'],
  ['/svc?a=b', '/?a=b'],
  ['/svc/users?a=/svc/', '/users?a=/svc/'],
  ['/svc/svc/users', '/svc/users'],
  ['/users/svc', '/users/svc'],
  ['/svcs/users', '/svcs/users'],
  ['*', '*'],
])('the base path is taken off %s: %s', ([url, expected]) => {
  expect(withoutBasePath('/svc')({ url: url as string })).toBe(expected);
});

test.for(['svc', '/', '/svc/', '//svc', '/a b', '/..', '/users', '/admin/x', '/livez', 'https://x/svc'])(
  'BASE_PATH refuses %s',
  (path) => {
    expect(() => basePath(path, { isProduction: false })).toThrow(/^must /);
  },
);

test.for(['/svc', '/a/b.c/d-1', '/~ada', '/usersx'])('BASE_PATH takes %s', (path) => {
  expect(basePath(path, { isProduction: false })).toBe(path);
});
