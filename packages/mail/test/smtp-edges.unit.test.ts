import { readEnvironment } from '@backend-jobs/runtime';
import { describe, expect, test } from 'vitest';
import { readableReply } from '../src/smtp-reply.ts';
import { smtp } from '../src/smtp-settings.ts';

const read = (environment: Record<string, string>) =>
  readEnvironment({ smtp }, { SMTP_URL: 'smtp://mail.example', ...environment }).smtp;

describe('a password', () => {
  test.for(['192.0.2.1', '10.0.0.1', '128.0.0.1', '12.7.0.1', '[2001:db8::1]', '[::127]'])(
    'goes to %s over verified TLS only, since it is another machine',
    (host) => {
      const { tls } = read({ SMTP_URL: `smtp://us:secret@${host}` });
      expect(tls).toMatchObject({ use: 'always', isVerified: true });
    },
  );
});

test.for(['x[192.0.2.1]', '[192.0.2.1]x', '[xIPv6:2001:db8::1]', '[IPv6:2001:db8::1]x'])(
  'nobody is called %s',
  (name) => {
    expect(() => read({ SMTP_EHLO_NAME: name })).toThrow(/SMTP_EHLO_NAME must be a domain, or an address/);
  },
);

describe('what a server said', () => {
  test('is whole up to 500 characters', () => {
    const reply = `550 ${'no '.repeat(165)}n`;
    expect(reply).toHaveLength(500);
    expect(readableReply(reply, 'ada@example.com')).toBe(reply);
    expect(readableReply(`${reply}o`, 'ada@example.com')).toMatch(/no …$/);
  });

  test('is left as it is where nothing in it is of the recipient, whose address may lack a part', () => {
    for (const recipient of [
      '+news@example.com',
      '-@example.com',
      'ada@localhost',
      'ada@xn--a.example',
      '@',
    ]) {
      expect(readableReply('550 no (such) user.', recipient), recipient).toBe('550 no (such) user.');
    }
  });
});
