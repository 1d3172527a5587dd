import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { readEnvironment } from '@backend-jobs/runtime';
import fc from 'fast-check';
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

describe('what a worker calls itself', () => {
  test.for([
    ['us@bücher.example', '', 'xn--bcher-kva.example'],
    ['us@example.com', 'Mail.Example.com', 'mail.example.com'],
    ['us@example.com', '[192.0.2.1]', '[192.0.2.1]'],
    ['us@example.com', '[IPv6:2001:db8::1]', '[IPv6:2001:db8::1]'],
  ] as const)('from %s and SMTP_EHLO_NAME=%s: %s', ([from, name, expected]) => {
    expect(read({ MAIL_FROM: from, SMTP_EHLO_NAME: name }).smtp.ehloName).toBe(expected);
  });

  test.for(['127.0.0.1', '[127.0.0.256]', '[::1]', '[IPv6:x]', '[]', 'a b', 'a_b', 'a\r\nb', '-'])(
    'may not be %j',
    (name) => {
      expect(() => read({ SMTP_EHLO_NAME: name })).toThrow(/SMTP_EHLO_NAME must be a domain, or an address/);
    },
  );
});

describe('TLS', () => {
  const opportunistic = { use: 'when-offered', isVerified: false };
  const verified = { use: 'always', isVerified: true };
  const unverified = { use: 'always', isVerified: false };
  const never = { use: 'never', isVerified: false };

  test.for([
    ['smtp://mail.example', '', opportunistic],
    ['smtp://mail.example?requireTLS=false', 'auto', opportunistic],
    ['smtp://mail.example?requireTLS=true', '', verified],
    ['smtp://mail.example?requireTLS=true', 'required', verified],
    ['smtp://mail.example', 'required', verified],
    ['smtp://mail.example', 'unverified', unverified],
    ['smtp://mail.example', 'off', never],
    ['smtp://us:secret@mail.example', '', verified],
    ['smtp://us:secret@mail.example?requireTLS=false', '', verified],
    ['smtp://us:secret@mail.example', 'unverified', unverified],
    ['smtp://us:secret@mail.example', 'off', never],
    ['smtp://us:secret@127.0.0.53', '', opportunistic],
    ['smtp://us:secret@[::1]', '', opportunistic],
    ['smtp://us:secret@localhost', '', opportunistic],
    ['smtp://us:secret@localhost', 'required', verified],
    ['smtp://us:secret@127.evil.example', '', verified],
    ['smtps://mail.example', '', verified],
    ['smtps://mail.example', 'unverified', unverified],
  ] as const)('to %s with SMTP_TLS=%s: %o', ([url, mode, tls]) => {
    expect(read({ SMTP_URL: url, SMTP_TLS: mode }).smtp.tls).toMatchObject(tls);
  });

  test.for([
    ['smtp://mail.example?requireTLS=true', 'off'],
    ['smtp://mail.example?requireTLS=true', 'unverified'],
    ['smtp://mail.example?requireTLS=false', 'required'],
  ] as const)('%s contradicts SMTP_TLS=%s', ([url, mode]) => {
    expect(() => read({ SMTP_URL: url, SMTP_TLS: mode })).toThrow(
      /SMTP_TLS contradicts requireTLS in SMTP_URL/,
    );
  });

  test.for(['off', 'unverified'])('with SMTP_TLS=%s nothing may be said about the certificate', (mode) => {
    const environment = { SMTP_TLS: mode, SMTP_TLS_SERVERNAME: 'mail.example' };
    expect(() => read(environment)).toThrow(
      /SMTP_TLS must be required or auto where SMTP_CA or SMTP_TLS_SERVER/,
    );
  });

  test('smtps:// can not do without', () => {
    const environment = { SMTP_URL: 'smtps://mail.example', SMTP_TLS: 'off' };
    expect(() => read(environment)).toThrow(/SMTP_TLS must not be off where SMTP_URL begins with smtps/);
  });

  test('takes the name of the certificate, where it is another than the host, and verifies it then', () => {
    const serverName = 'xn--bcher-kva.example';
    expect(read({ SMTP_TLS_SERVERNAME: 'bücher.example' }).smtp.tls).toMatchObject({
      ...verified,
      serverName,
    });
    expect(() => read({ SMTP_TLS_SERVERNAME: '127.0.0.1' })).toThrow(
      /SMTP_TLS_SERVERNAME must be a host name/,
    );
  });
});

describe('SMTP_CA', () => {
  const [first = '', second = ''] = rootCertificates;

  test('is read from the file that SMTP_CA_FILE names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
    const path = join(folder, 'ca.pem');
    writeFileSync(path, `${first}\n`);
    expect(read({ SMTP_CA_FILE: path }).smtp.tls).toMatchObject({
      use: 'always',
      isVerified: true,
      ca: first,
    });
    rmSync(folder, { recursive: true });
  });

  test('may hold more than one, and words between them', () => {
    expect(read({ SMTP_CA: `ours\n${first}\ntheirs\n${second}\n` }).smtp.tls.ca).toBe(`${first}\n${second}`);
  });

  test('ends the start when it holds none, or a broken one', () => {
    const broken = second.replace(/^M.{20}/m, 'AAAA');
    for (const SMTP_CA of ['hello', broken, `${first}\n${broken}`])
      expect(() => read({ SMTP_CA })).toThrow(/SMTP_CA must hold certificates in PEM/);
  });
});

test('any user and password get through when they are percent-encoded', () => {
  const any = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(any, any, (user, password) => {
      const url = `smtp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@mail.example`;
      expect(read({ SMTP_URL: url }).smtp.auth).toEqual({ user, password });
    }),
  );
});
