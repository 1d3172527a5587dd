import { startMailbox } from '@backend-jobs/local-services';
import { expect, onTestFinished } from 'vitest';
import { exchangeRaw } from './support/raw-http.ts';
import { test } from './support/world.ts';

const ask = (url: string, headers: string[], line = 'GET /') =>
  exchangeRaw(
    url,
    [`${line} HTTP/1.1`, 'Connection: close', 'Accept: text/html', ...headers, '', ''].join('\r\n'),
  );

const rebound = ['Host: rebound.example:3000'];

test('in development the API refuses a page that has its own name lead here, at each URL', async ({
  world,
}) => {
  const { url } = await world.startApi({ env: { NODE_ENV: 'development' } });
  for (const path of [
    '/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10',
    '/docs/',
    '/openapi.json',
    '/livez',
    '/nowhere',
  ]) {
    const answer = await ask(url, rebound, `GET ${path}`);
    expect(answer, path).toMatch(/^HTTP\/1\.1 421 /);
    expect(answer).toContain('/problems#misdirected-request');
    expect(answer).toContain('content-security-policy');
  }
  expect(await ask(url, [...rebound, 'X-Forwarded-Host: localhost'], 'GET /docs/')).toMatch(/ 421 /);
  for (const host of ['localhost:3000', '127.0.0.1', '[::1]']) {
    expect(await ask(url, [`Host: ${host}`], 'GET /livez')).toMatch(/^HTTP\/1\.1 200 /);
  }
});

test('in production the API answers under any name', async ({ world }) => {
  const { url } = await world.startApi({
    env: {
      NODE_ENV: 'production',
      HASH_SECRET: crypto.randomUUID(),
      REDIS_ALLOW: 'eviction,no-persistence',
    },
  });
  expect(await ask(url, rebound, 'GET /livez')).toMatch(/^HTTP\/1\.1 200 /);
});

test("the mailbox answers its own page, and no other site's", async () => {
  const mailbox = await startMailbox();
  onTestFinished(() => mailbox.stop());
  const { host } = new URL(mailbox.webUrl);
  const own = `Host: ${host}`;
  const emails = 'GET /api/email';
  for (const headers of [
    rebound,
    [own, 'Origin: https://evil.example'],
    [own, 'Origin: http://localhost:3000'],
    [own, 'Origin: null'],
    [...rebound, 'Origin: http://rebound.example:3000'],
  ]) {
    for (const line of [
      emails,
      'DELETE /api/email',
      'OPTIONS /api/email',
      'GET /socket.io/?EIO=4&transport=polling',
    ]) {
      const answer = await ask(mailbox.webUrl, headers, line);
      expect(answer, `${line} ${headers}`).toMatch(/^HTTP\/1\.1 (403|421) /);
      expect(answer).not.toMatch(/access-control-allow/i);
    }
  }
  const upgrade = [own, 'Origin: https://evil.example', 'Upgrade: websocket', 'Connection: upgrade'];
  const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  const socket = 'GET /socket.io/?EIO=4&transport=websocket';
  expect(await ask(mailbox.webUrl, [...upgrade, ...key], socket)).toMatch(/^HTTP\/1\.1 403 /);
  for (const headers of [[own], [own, `Origin: ${mailbox.webUrl}`]]) {
    const answer = await ask(mailbox.webUrl, headers, emails);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).not.toMatch(/access-control-allow-origin: (?!http:\/\/127\.0\.0\.1)/i);
  }
});
