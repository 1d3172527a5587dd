import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { readEnvironment } from '@backend-jobs/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smtp } from '../src/smtp-settings.ts';

const read = (environment: Record<string, string>) =>
  readEnvironment({ smtp }, { SMTP_URL: 'smtp://mail.example', ...environment }).smtp;

describe('what a worker calls itself', () => {
  test.for([
    ['us@bücher.example', '', 'xn--bcher-kva.example'],
    ['us@example.com', 'Mail.Example.com', 'mail.example.com'],
    ['us@example.com', '[192.0.2.1]', '[192.0.2.1]'],
    ['us@example.com', '[IPv6:2001:db8::1]', '[IPv6:2001:db8::1]'],
  ] as const)('from %s and SMTP_EHLO_NAME=%s: %s', ([from, name, expected]) => {
    expect(read({ MAIL_FROM: from, SMTP_EHLO_NAME: name }).ehloName).toBe(expected);
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
    expect(read({ SMTP_URL: url, SMTP_TLS: mode }).tls).toMatchObject(tls);
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
    expect(read({ SMTP_TLS_SERVERNAME: 'bücher.example' }).tls).toMatchObject({
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
    expect(read({ SMTP_CA_FILE: path }).tls).toMatchObject({
      use: 'always',
      isVerified: true,
      ca: first,
    });
    rmSync(folder, { recursive: true });
  });

  test('may hold more than one, and words between them', () => {
    expect(read({ SMTP_CA: `ours\n${first}\ntheirs\n${second}\n` }).tls.ca).toBe(`${first}\n${second}`);
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
      expect(read({ SMTP_URL: url }).auth).toEqual({ user, password });
    }),
  );
});
