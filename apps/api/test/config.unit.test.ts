import { createHash, randomBytes } from 'node:crypto';
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
    logins: [],
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

describe('production', () => {
  const sound = {
    NODE_ENV: 'production',
    HASH_SECRET: randomBytes(16).toString('hex'),
    ADMIN_PASSWORD: randomBytes(9).toString('base64'),
  };

  test('starts with what nobody can guess', () => {
    const { isProduction, logins } = read(sound);
    expect({ isProduction, logins }).toMatchObject({
      isProduction: true,
      logins: [{ name: 'admin', role: 'admin', password: sound.ADMIN_PASSWORD }],
    });
  });

  test('knows each person by a login of their own, in one list or in a file with a line for each', () => {
    const [ada, bob] = [randomBytes(9).toString('hex'), `${randomBytes(9).toString('hex')}:with:colons`];
    const expected = [
      { name: 'ada', role: 'admin', password: ada },
      { name: 'bob', role: 'viewer', password: bob },
    ];
    const others = { ...sound, ADMIN_PASSWORD: '' };
    for (const between of [',', ' , ', '\n'])
      expect(read({ ...others, LOGINS: `ada:admin:${ada}${between}bob:viewer:${bob}` }).logins).toEqual(
        expected,
      );
  });

  test.for<[Record<string, string>, RegExp]>([
    [{ LOGINS: 'bob:viewer:Nebelkrähe über Ulm', ADMIN_PASSWORD: '' }, /ADMIN_PASSWORD is missing/],
    [{ ADMIN_PASSWORD: '' }, /ADMIN_PASSWORD is missing/],
    [{ ADMIN_PASSWORD: 'elevenchars' }, /ADMIN_PASSWORD must have at least 12 characters/],
    [{ ADMIN_PASSWORD: '123456789012' }, /ADMIN_PASSWORD is too easy to guess/],
    [{ ADMIN_PASSWORD: ' '.repeat(12) }, /ADMIN_PASSWORD is too easy to guess/],
    [{ ADMIN_PASSWORD: 'choose-your-own' }, /ADMIN_PASSWORD is too easy to guess/],
    [{ VIEWER_PASSWORD: 'short' }, /VIEWER_PASSWORD must have at least 12 characters/],
    [{ VIEWER_PASSWORD: 'password1234' }, /VIEWER_PASSWORD is too easy to guess/],
    [{ VIEWER_PASSWORD: sound.ADMIN_PASSWORD }, /VIEWER_PASSWORD and LOGINS must not have a password twice/],
    [
      { VIEWER_PASSWORD: 'Nebelkrähe über Ulm', VIEWER_USER: 'admin' },
      /VIEWER_USER and LOGINS must not have a name twice/,
    ],
    [{ LOGINS: 'ada:admin:short' }, /LOGINS has a password that must have at least 12 characters/],
    [{ LOGINS: 'admin:viewer:Nebelkrähe über Ulm' }, /LOGINS must not have a name twice/],
    [{ LOGINS: `ada:viewer:${sound.ADMIN_PASSWORD}` }, /LOGINS must not have a password twice/],
    [{ HASH_SECRET: '' }, /HASH_SECRET is missing/],
    [{ HASH_SECRET: 'not-a-secret' }, /HASH_SECRET must have at least 32 characters/],
    [{ HASH_SECRET: 'a'.repeat(64) }, /HASH_SECRET is too easy to guess/],
    ...['REQUEST_TIMEOUT', 'HEADERS_TIMEOUT', 'KEEP_ALIVE_TIMEOUT', 'SHUTDOWN_TIMEOUT'].map(
      (name): [Record<string, string>, RegExp] => [{ [name]: '0s' }, RegExp(`${name} must be longer than 0`)],
    ),
  ])('refuses %j', ([environment, fault]) => {
    expect(() => read({ ...sound, ...environment })).toThrow(fault);
    expect(() => read({ ...sound, ...environment, NODE_ENV: 'development' })).not.toThrow();
  });

  test('may begin to stop at once', () => {
    expect(read({ ...sound, DRAIN_DELAY: '0s' }).drainDelayMs).toBe(0);
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

  test.for(['', '\n', 'secret', 'password\n', 'api-key', 'a-key', '1234', 'changeme\r\n'])(
    'may not have the hash of %j',
    (key) => {
      const text = `web:${other},mobile:${createHash('sha256').update(key).digest('hex')}`;
      expect(() => read({ API_KEYS: text })).toThrow(
        /API_KEYS has the hash of nothing, or of a key that is easy/,
      );
    },
  );

  test('may not have a key under two names', () => {
    expect(() => read({ API_KEYS: `mobile:${hash},web:${hash}` })).toThrow(/API_KEYS has the same key twice/);
  });
});

test.for([
  ['PORT', '65536'],
  ['HOST', '[::1]'],
  ['ADMIN_USER', 'a:b'],
  ['ADMIN_USER', 'a'.repeat(101)],
  ['VIEWER_USER', 'a\tb'],
  ['LOGINS', 'ada:owner:a-password'],
  ['LOGINS', 'ada:a-password'],
  ['LOGINS', 'ada:admin:'],
  ['LOGINS', ':admin:a-password'],
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

test('a name in LOGINS is no longer than what a redrive keeps', () => {
  const loginsOf = (name: string) => read({ LOGINS: `${name}:admin:a-password` }).logins;
  expect(loginsOf('é'.repeat(100))).toHaveLength(1);
  expect(() => loginsOf('é'.repeat(101))).toThrow(/LOGINS has a name that must have at most 100 characters/);
});

test('headers must not have longer than the whole request, since Node would not listen then', () => {
  const fault = /HEADERS_TIMEOUT must not be longer than REQUEST_TIMEOUT/;
  expect(() => read({ HEADERS_TIMEOUT: '20s' })).toThrow(fault);
  expect(read({ HEADERS_TIMEOUT: '20s', REQUEST_TIMEOUT: '0s' }).headersTimeoutMs).toBe(20_000);
  expect(read({ HEADERS_TIMEOUT: '10s' }).headersTimeoutMs).toBe(10_000);
});
