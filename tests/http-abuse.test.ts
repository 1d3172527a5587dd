import { describe, expect } from 'vitest';
import { basic } from './support/login.ts';
import { exchangeRaw, sendRaw } from './support/raw-http.ts';
import { admin, test } from './support/world.ts';

const head = (line: string, ...headers: string[]) =>
  `${[line, 'Host: localhost', ...headers].join('\r\n')}\r\n\r\n`;
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

  test('is refused behind a good request, whose response comes first', async ({ world }) => {
    const good = head('GET /users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10 HTTP/1.1');
    expect(await sendRaw(world.apiUrl, `${good}${good}GARBAGE\r\n\r\n`)).toEqual([404, 404, 400]);
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
  const startedAtMs = performance.now();
  expect(await sendRaw(url, pipelined(9))).toEqual(Array(10).fill(401));
  const statuses: number[] = [];
  for (let round = 0; round < 100; round += 1) statuses.push(...(await sendRaw(url, pipelined(99))));
  expect(statuses).toHaveLength(10_000);
  // On a slow machine it takes more than the minute after which ten more are let in.
  const letIn = 10 * Math.floor((performance.now() - startedAtMs) / 60_000);
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(letIn);
  expect(new Set(statuses).isSubsetOf(new Set([401, 429]))).toBe(true);
  const open = async (address: string) => {
    const headers = { authorization: adminLogin, 'x-forwarded-for': address };
    return (await fetch(`${url}/admin/queues`, { headers })).status;
  };
  expect(await open('203.0.113.1')).toBe(429);
  expect(await open('203.0.113.2')).toBe(200);
}, 180_000);
