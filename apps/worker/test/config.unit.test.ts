import { readEnvironment } from '@backend-jobs/runtime';
import { describe, expect, test } from 'vitest';
import { workerVariables } from '../src/config.ts';

const read = (environment: Record<string, string> = {}) =>
  readEnvironment(workerVariables, {
    REDIS_URL: 'redis://127.0.0.1',
    SMTP_URL: 'smtp://mail.example',
    ...environment,
  });

test('needs no more than a Redis and a mail server', () => {
  expect(read()).toMatchObject({
    isProduction: false,
    redis: { host: '127.0.0.1', port: 6379, db: 0 },
    redisAllow: [],
    mailFrom: { name: 'Backend Jobs', address: 'welcome@backend-jobs.example' },
    smtp: { host: 'mail.example', port: 587, tls: { use: 'when-offered' }, ehloName: 'backend-jobs.example' },
    emailsRate: undefined,
    welcomeEmailDeadlineMs: 86_400_000,
    maxCopies: 3,
    mailboxLimit: { max: 5, durationMs: 86_400_000 },
    domainLimit: undefined,
    healthPort: undefined,
  });
});

test('sends one copy where an unknown outcome holds an email, however many there may be else', () => {
  expect(read({ WELCOME_EMAIL_MAX_COPIES: '5' }).maxCopies).toBe(5);
  expect(read({ WELCOME_EMAIL_MAX_COPIES: '5', WELCOME_EMAIL_ON_UNKNOWN: 'hold' }).maxCopies).toBe(1);
});

test('needs MAIL_FROM in production', () => {
  expect(() => read({ NODE_ENV: 'production' })).toThrow(/MAIL_FROM is missing/);
});

describe('MAIL_FROM', () => {
  test.for([
    ['us@example.com', '', 'us@example.com'],
    ['<us@example.com>', '', 'us@example.com'],
    ['us+welcome@bücher.example', '', 'us+welcome@bücher.example'],
    ['Us <us@example.com>', 'Us', 'us@example.com'],
    ['"Us, Inc." <us@example.com>', 'Us, Inc.', 'us@example.com'],
    ['Zoë, Inc. <us@example.com>', 'Zoë, Inc.', 'us@example.com'],
    ['"A \\"b\\" c" <us@example.com>', 'A "b" c', 'us@example.com'],
    ['"back\\\\slash" <us@example.com>', 'back\\slash', 'us@example.com'],
    ["O'Neil <o'neil@example.com>", "O'Neil", "o'neil@example.com"],
  ] as const)('may be %s', ([text, name, address]) => {
    expect(read({ MAIL_FROM: text }).mailFrom).toEqual({ name, address });
  });

  test.for([
    'us',
    'us@',
    '@example.com',
    'Us <us@example.com',
    'us@example.com>',
    'Us <us@example.com> too',
    'Us us@example.com',
    'Us (us@example.com)',
    'Us <>',
    'a@example.com, b@example.com',
    'A <a@example.com>, B <b@example.com>',
    'us@example.com, Us <us@example.com>',
    'Group: us@example.com;',
    'a:b <us@example.com>',
    '"Us <us@example.com>',
    '"quoted"@example.com',
    'büro@example.com',
    '.us@example.com',
    'u..s@example.com',
    'a@b@example.com',
    'us@exam ple.com',
    'us@a..b',
    'us@a_b',
    'us@[127.0.0.1]',
    `${'x'.repeat(65)}@example.com`,
    'Us\r\nand more <us@example.com>',
  ])('may not be %j', (text) => {
    expect(() => read({ MAIL_FROM: text })).toThrow(/MAIL_FROM must be one address in ASCII, or a name/);
  });
});
