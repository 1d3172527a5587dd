import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningApi } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { basic } from './support/login.ts';
import { exchangeRaw, openSocket, sendRaw } from './support/raw-http.ts';
import { admin, test } from './support/world.ts';

const impatient = { REQUEST_TIMEOUT: '4s', HEADERS_TIMEOUT: '3s', KEEP_ALIVE_TIMEOUT: '1s' };

const head = (line: string, ...headers: string[]) => `${[line, 'Host: x', ...headers].join('\r\n')}\r\n\r\n`;
const post = (...headers: string[]) =>
  head('POST /users HTTP/1.1', 'Content-Type: application/json', ...headers);

const abuses = [
  {
    title: 'Content-Length with Transfer-Encoding',
    text: `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  },
  { title: 'two lengths', text: `${post('Content-Length: 2', 'Content-Length: 3')}{}` },
  { title: 'a negative length', text: post('Content-Length: -1') },
  { title: 'a length that is no number', text: post('Content-Length: 0x10') },
  { title: 'chunks that are none', text: `${post('Transfer-Encoding: chunked')}zz\r\n\r\n` },
  { title: 'an unknown transfer encoding', text: `${post('Transfer-Encoding: chunked, x')}0\r\n\r\n` },
  { title: 'no host', text: 'GET /livez HTTP/1.1\r\n\r\n' },
  { title: 'a method that is none', text: head('GOT /livez HTTP/1.1') },
  { title: 'a NUL in a header', text: head('GET /livez HTTP/1.1', 'X-A: a\0b') },
  { title: 'a header without a name', text: head('GET /livez HTTP/1.1', ': b') },
  { title: 'no HTTP at all', text: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' },
  {
    title: 'headers over 16 KiB',
    text: head('GET /livez HTTP/1.1', `X-A: ${'a'.repeat(17_000)}`),
    status: 431,
  },
  { title: 'a path over 16 KiB', text: head(`GET /${'a'.repeat(17_000)} HTTP/1.1`), status: 431 },
];

describe('what is no proper HTTP', () => {
  test.for(abuses)('$title is refused', async ({ text, status = 400 }, { world }) => {
    expect(await sendRaw(world.apiUrl, Buffer.from(text, 'latin1'))).toEqual([status]);
  });

  test('gets a problem with the security headers, which no hook could set', async ({ world }) => {
    const response = await exchangeRaw(world.apiUrl, head('GOT /livez HTTP/1.1'));
    const [, headers = '', body = ''] =
      /^HTTP\/1\.1 400 Bad Request\r\n(.*?)\r\n\r\n(.*)$/s.exec(response) ?? [];
    expect(headers).toMatch(/^content-type: application\/problem\+json$/m);
    expect(headers).toMatch(/^content-security-policy: default-src 'none'; frame-ancestors 'none'$/m);
    expect(headers).toMatch(/^x-content-type-options: nosniff$/m);
    expect(JSON.parse(body)).toMatchObject({ type: '/problems#malformed-request', status: 400 });
  });

  test('behind a good request, on its line, is refused', async ({ world }) => {
    const pipelined = `${head('GET /livez HTTP/1.1')}GARBAGE\r\n\r\n`;
    expect(await sendRaw(world.apiUrl, pipelined)).toContain(400);
  });
});

const adminLogin = basic(admin);

const guess = (number: number, ...headers: string[]): string => {
  const login = basic({ user: 'admin', password: `guess-${number}` });
  return head('GET /admin/queues HTTP/1.1', `Authorization: ${login}`, ...headers);
};

test('10,000 guesses of the dashboard password are refused, and lock out nobody else', async ({ world }) => {
  const { url } = await world.startApi({ env: { TRUST_PROXY: '127.0.0.1' } });
  const attacker = 'X-Forwarded-For: 203.0.113.1';
  const pipelined = (count: number): string =>
    Array.from({ length: count }, (_, number) => guess(number, attacker)).join('') +
    guess(count, attacker, 'Connection: close');
  expect(new Set(await sendRaw(url, pipelined(9)))).toEqual(new Set([401]));
  for (let round = 0; round < 10; round += 1) {
    expect(new Set(await sendRaw(url, pipelined(999)))).toEqual(new Set([429]));
  }
  const open = async (address: string) => {
    const headers = { authorization: adminLogin, 'x-forwarded-for': address };
    return (await fetch(`${url}/admin/queues`, { headers })).status;
  };
  expect(await open('203.0.113.1')).toBe(429);
  expect(await open('203.0.113.2')).toBe(200);
}, 60_000);

const memoryMb = ({ pid }: RunningApi): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

/** Of each of `urls`, asked by turns: what slows this machine down slows down all of them. */
const p99sMs = async (urls: string[]): Promise<number[]> => {
  const times = urls.map((): number[] => []);
  for (let count = 0; count < 300; count += 1) {
    for (const [index, url] of urls.entries()) {
      const startedAt = performance.now();
      await (await fetch(`${url}/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10`)).arrayBuffer();
      times[index]?.push(performance.now() - startedAt);
    }
  }
  return times.map((each) => each.sort((a, b) => a - b)[Math.floor(each.length * 0.99)] ?? Number.NaN);
};

test('500 clients who send a byte a second cost a healthy one little, and are cut off', async ({ world }) => {
  const api = await world.startApi({ env: impatient });
  const urls = [api.url, world.apiUrl];
  await p99sMs(urls); // the first requests compile what the others run
  const aloneMb = memoryMb(api);
  const starts = ['GET /livez HTTP/1.1\r\nX-A: ', post('Content-Length: 10000')];
  const sockets = await Promise.all(Array.from({ length: 500 }, () => openSocket(api.url)));
  let open = sockets.length;
  sockets.forEach((socket, index) => {
    socket.write(starts[index % 2] as string);
    const drip = setInterval(() => socket.write('a'), 1_000);
    socket.resume().once('close', () => {
      clearInterval(drip);
      open -= 1;
    });
  });
  await sleep(500); // all of them are dripping now
  expect(open).toBe(500);
  const [besideThemMs = Number.NaN, aloneMs = Number.NaN] = await p99sMs(urls);
  // A millisecond's noise is no slowness.
  expect(besideThemMs).toBeLessThan(3 * Math.max(aloneMs, 2));
  expect(memoryMb(api) - aloneMb).toBeLessThan(50);
  await expect.poll(() => open).toBe(0);
  expect(await sendRaw(api.url, head('GET /livez HTTP/1.1'))).toEqual([200]);
}, 60_000);
