import { readEnvironment } from '@backend-jobs/runtime';
import { describe, expect, test } from 'vitest';
import { apiVariables } from '../src/config.ts';

const read = (environment: Record<string, string> = {}) =>
  readEnvironment(apiVariables, { REDIS_URL: 'redis://127.0.0.1', ...environment });

test('needs no more than a Redis', () => {
  expect(read()).toMatchObject({
    isProduction: false,
    port: 3000,
    host: '127.0.0.1',
    adminUser: 'admin',
    adminPassword: undefined,
    viewerPassword: undefined,
    trustProxy: undefined,
    apiKeys: new Map(),
    signUpLimit: { max: 600, durationMs: 60_000 },
    requestTimeoutMs: 10_000,
    headersTimeoutMs: 5_000,
    keepAliveTimeoutMs: 72_000,
    drainDelayMs: 1_000,
    shutdownTimeoutMs: 8_000,
  });
});

describe('passwords', () => {
  test('may be short in development', () => {
    expect(read({ ADMIN_PASSWORD: 'short' }).adminPassword).toBe('short');
  });

  test('must be there, long, and none of the README in production', () => {
    const production = { NODE_ENV: 'production' };
    expect(() => read(production)).toThrow(/ADMIN_PASSWORD is missing/);
    expect(() => read({ ...production, ADMIN_PASSWORD: 'elevenchars' })).toThrow(
      /ADMIN_PASSWORD must have at least 12 characters/,
    );
    expect(() => read({ ...production, VIEWER_PASSWORD: 'short' })).toThrow(/VIEWER_PASSWORD must have/);
    expect(() => read({ ...production, ADMIN_PASSWORD: 'choose-your-own' })).toThrow(
      /ADMIN_PASSWORD is an example from the README: choose another/,
    );
    expect(read({ ...production, ADMIN_PASSWORD: 'long-enough-for-it' }).isProduction).toBe(true);
  });
});

describe('TRUST_PROXY', () => {
  test.for([
    ['loopback', ['loopback']],
    ['127.0.0.1', ['127.0.0.1']],
    ['10.0.0.0/8, uniquelocal', ['10.0.0.0/8', 'uniquelocal']],
    ['10.0.0.0/255.0.0.0', ['10.0.0.0/255.0.0.0']],
    ['::1,fd00::/8', ['::1', 'fd00::/8']],
    ['::ffff:10.0.0.0/104', ['::ffff:10.0.0.0/104']],
  ] as const)('may be %s', ([text, proxies]) => {
    expect(read({ TRUST_PROXY: text }).trustProxy).toEqual(proxies);
  });

  test.for([
    '999.1.1.1',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '::1/129',
    'localhost',
    'true',
    '1',
    'loopback,',
    'a/b',
    '*',
  ])('may not be %s', (text) => {
    expect(() => read({ TRUST_PROXY: text })).toThrow(/TRUST_PROXY must be a list of addresses, networks/);
  });

  test.for([
    '0.0.0.0/0',
    '::/0',
    '0.0.0.0/0.0.0.0',
    '0.0.0.0/1,128.0.0.0/1',
    '::/1,8000::/1',
    '::ffff:0:0/96',
  ])('may not be everybody: %s', (text) => {
    expect(() => read({ TRUST_PROXY: text })).toThrow(/TRUST_PROXY must/);
  });
});

describe('API_KEYS', () => {
  const hash = 'a'.repeat(64);
  const other = 'b'.repeat(64);

  test('are names by the hashes of their keys', () => {
    const keys = new Map([
      [hash, 'mobile'],
      [other, 'web.1'],
    ]);
    expect(read({ API_KEYS: `mobile:${hash},web.1:${other}` }).apiKeys).toEqual(keys);
  });

  test.for([
    'mobile',
    'mobile:',
    `:${hash}`,
    `mobile:${hash}0`,
    `mobile:${hash.toUpperCase()}`,
    `mobile:${hash},`,
  ])('may not be %s', (text) => {
    expect(() => read({ API_KEYS: text })).toThrow(/API_KEYS must be a list of name:<SHA-256/);
  });
});

test.for([
  ['PORT', '65536'],
  ['HOST', '[::1]'],
  ['ADMIN_USER', 'a:b'],
  ['KEY_PREFIX', 'backend-jobs'],
  ['REDIS_ALLOW', 'everything'],
  ['RATE_LIMIT', '0/1m'],
  ['RATE_LIMIT_PER_MAILBOX', 'often'],
  ['LOG_LEVEL', 'loud'],
  ['NODE_ENV', 'staging'],
  ['SHUTDOWN_TIMEOUT', '30d'],
] as const)('%s may not be %s', ([name, text]) => {
  expect(() => read({ [name]: text })).toThrow(new RegExp(`^ {2}${name} must `, 'm'));
});

test('headers must not have longer than the whole request, since Node would not listen then', () => {
  const fault = /HEADERS_TIMEOUT must not be longer than REQUEST_TIMEOUT/;
  expect(() => read({ HEADERS_TIMEOUT: '20s' })).toThrow(fault);
  expect(read({ HEADERS_TIMEOUT: '20s', REQUEST_TIMEOUT: '0s' }).headersTimeoutMs).toBe(20_000);
  expect(read({ HEADERS_TIMEOUT: '10s' }).headersTimeoutMs).toBe(10_000);
});
