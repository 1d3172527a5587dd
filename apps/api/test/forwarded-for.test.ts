import { describe, expect } from 'vitest';
import { admin, login } from './support/credentials.ts';
import { post, type TestApi, test } from './support/test-api.ts';

let signUps = 0;
/** How many of eight sign-ups are accepted, at five a minute for each client. */
const countAccepted = async ({ app }: TestApi, forwardedFor: (number: number) => string) => {
  const statuses: number[] = [];
  for (let number = 0; number < 8; number += 1) {
    signUps += 1;
    const body = { name: 'Ada', email: `forwarded.${signUps}@example.com` };
    const response = await post({ app } as TestApi, body, { 'x-forwarded-for': forwardedFor(number) });
    statuses.push(response.statusCode);
  }
  return statuses.filter((status) => status === 202).length;
};

const sameClient = [
  { title: 'ports', forwardedFor: (n: number) => `198.51.100.8:${40_000 + n}` },
  { title: 'IPv6 addresses with ports', forwardedFor: (n: number) => `[2001:db8::8]:${40_000 + n}` },
  { title: 'IPv6 addresses in brackets', forwardedFor: (n: number) => `[2001:db8::${n}]` },
  { title: 'quotes', forwardedFor: (n: number) => `"[2001:db8:0:1::8]:${40_000 + n}"` },
  { title: 'no address', forwardedFor: (n: number) => `unknown-${n}` },
  { title: 'obfuscated names', forwardedFor: (n: number) => `_hidden${n}` },
  {
    title: 'what the client made up before',
    forwardedFor: (n: number) => `203.0.113.${n}, 198.51.100.9:${n}`,
  },
  { title: 'nonsense before an address', forwardedFor: (n: number) => `x${n}, 198.51.100.10` },
  { title: 'an address before nonsense', forwardedFor: (n: number) => `203.0.113.${n}, unknown` },
  { title: 'a network', forwardedFor: (n: number) => `203.0.113.${n}/32` },
  { title: 'a port that is none', forwardedFor: (n: number) => `203.0.113.${n}:x` },
];

describe('the limit of one client holds behind a proxy that writes', () => {
  test.for(sameClient)('$title', async ({ forwardedFor }, { openApi }) => {
    // Nonsense is counted for the proxy: each case gets one of its own.
    const api = await openApi({
      signUpLimit: { max: 5, durationMs: 60_000 },
      trustProxy: ['loopback'],
      keyPrefix: `{test}:${crypto.randomUUID()}`,
    });
    expect(await countAccepted(api, forwardedFor)).toBe(5);
  });
});

test('clients with different addresses stay different, with ports or without', async ({ openApi }) => {
  const api = await openApi({
    signUpLimit: { max: 1, durationMs: 60_000 },
    trustProxy: ['loopback', '10.0.0.0/8'],
    keyPrefix: `{test}:${crypto.randomUUID()}`,
  });
  expect(await countAccepted(api, (n) => `203.0.113.${n}:4000${n}, 10.0.0.${n}:80`)).toBe(8);
  // Each IPv6 network is a client.
  expect(await countAccepted(api, (n) => `[2001:db8:${n}::8]:40000`)).toBe(8);
  expect(await countAccepted(api, (n) => `"[2001:db8:1${n}::8]"`)).toBe(8);
  expect(await countAccepted(api, (n) => `"198.51.100.${n}"`)).toBe(8);
});

test('guesses of a password are counted for the client, whatever port the proxy writes', async ({
  openApi,
}) => {
  const { app } = await openApi({ trustProxy: ['loopback'], keyPrefix: `{test}:${crypto.randomUUID()}` });
  const guess = async (number: number) => {
    const headers = {
      ...login(admin.user, `guess-${number}`),
      'x-forwarded-for': `198.51.100.8:${40_000 + number}`,
    };
    return (await app.inject({ url: '/admin/queues', headers })).statusCode;
  };
  const statuses: number[] = [];
  for (let number = 0; number < 40; number += 1) statuses.push(await guess(number));
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(30);
});
