import { describe, expect, test } from 'vitest';
import { parseSmtpUrl, type SmtpUrl } from '../src/index.ts';

const plain = { host: 'localhost', port: 587, isImplicitTls: false, auth: undefined, requireTls: undefined };

describe('an SMTP URL', () => {
  const good: Record<string, Partial<SmtpUrl>> = {
    'smtp://localhost': {},
    'smtp://localhost/': {},
    'SMTP://localhost:25': { port: 25 },
    'smtps://localhost': { port: 465, isImplicitTls: true },
    'smtp://127.0.0.1:1025': { host: '127.0.0.1', port: 1025 },
    'smtp://[::1]:25': { host: '::1', port: 25 },
    'smtp://[2001:DB8:0::1]': { host: '2001:db8::1' },
    'smtp://mail_1': { host: 'mail_1' },
    'smtp://bücher.example': { host: 'xn--bcher-kva.example' },
    'smtp://us@localhost': { auth: { user: 'us', password: '' } },
    'smtp://us:p@ss:word@localhost': { auth: { user: 'us', password: 'p@ss:word' } },
    'smtp://us%40example.com:ab%2Fcd+%25%23%3F@localhost': {
      auth: { user: 'us@example.com', password: 'ab/cd+%#?' },
    },
    'smtp://us:zoë\\[^ ]|@localhost': { auth: { user: 'us', password: 'zoë\\[^ ]|' } },
    'smtp://localhost?requireTLS=true': { requireTls: true },
    'smtp://localhost?requireTLS=false': { requireTls: false },
    'smtp://localhost?': {},
  };
  test.for(Object.entries(good))('may be %s', ([text, parts]) => {
    expect(parseSmtpUrl(text)).toEqual({ ...plain, ...parts });
  });

  const mustLook = /^must look like smtp:\/\/user:password@host:port .*write % as %25, \/ as %2F/;
  const bad: Record<string, RegExp> = {
    localhost: mustLook,
    'smtp:localhost': mustLook,
    'http://localhost': mustLook,
    'smtp://': mustLook,
    'smtp://:25': mustLook,
    'smtp://us@': mustLook,
    'smtp:///localhost': mustLook,
    'smtp://localhost:0': mustLook,
    'smtp://localhost:99999': mustLook,
    'smtp://localhost:smtp': mustLook,
    'smtp://999.1.1.1': mustLook,
    'smtp://a b': mustLook,
    'smtp://a%2Fb': mustLook,
    'smtp://[::1': mustLook,
    'smtp://[fe80::1%25eth0]': mustLook,
    'smtp://local\thost': mustLook,
    'smtps://KEY:ab/cd@localhost': mustLook,
    'smtps://KEY:12/cd@localhost': mustLook,
    'smtps://KEY:ab#cd@localhost': mustLook,
    'smtps://KEY:12#cd@localhost': mustLook,
    'smtps://KEY:ab?cd@localhost': mustLook,
    'smtps://KEY:12?cd=ef@localhost': mustLook,
    'smtps://KEY:50%@localhost': mustLook,
    'smtps://KEY:50%zz@localhost': mustLook,
    'smtps://KEY:%ff@localhost': mustLook,
    'smtp://localhost#top': mustLook,
    'smtp://localhost/path': /^must look like .*, with no path$/,
    'smtp://:secret@localhost': /^has a password, but no user$/,
    'smtp://localhost?secure=true': /^has an unknown parameter secure: the only parameter .*requireTLS=true/,
    'smtp://localhost?requiretls=true': /^has an unknown parameter requiretls:/,
    'smtp://localhost?requireTLS=true&pool=true': /^has an unknown parameter pool:/,
    'smtp://localhost?=true': /^has an unknown parameter:/,
    'smtp://localhost?requireTLS=yes': /^has a wrong value for its parameter requireTLS: .*requireTLS=false$/,
    'smtp://localhost?requireTLS=True': /^has a wrong value/,
    'smtp://localhost?requireTLS=': /^has a wrong value/,
    'smtp://localhost?requireTLS': /^has a wrong value/,
    'smtp://localhost?requireTLS=true&requireTLS=true': /^has a wrong value/,
  };
  test.for(Object.entries(bad))('may not be %s', ([text, message]) => {
    expect(() => parseSmtpUrl(text)).toThrow(message);
  });
});
