import { describe, expect, test } from 'vitest';
import { formats } from '../src/index.ts';

describe('the email format', () => {
  test.for([
    'ada@example.com',
    'ada+tag@sub.example.co.uk',
    "o'neil@example.com",
    'ADA@EXAMPLE.COM',
    'ada@bücher.example',
  ])('takes %s', (email) => {
    expect(formats.email(email)).toBe(true);
  });

  test.for([
    '',
    'ada',
    'ada@',
    '@example.com',
    'ada@localhost',
    'ada@example.com, bob@example.com',
    'ada@example.com;bob@example.com',
    'Ada <ada@example.com>',
    'ada@[127.0.0.1]',
    'ada@example.com\r\nBcc: bob@example.com',
    'ada\u0000@example.com',
    ' ada@example.com',
    'ada@@example.com',
    '"ada lovelace"@example.com',
    'a b@example.com',
    '\u{10000}',
    '\ud800@example.com',
    'ada@exa%6Dple.com',
    'ada@0x7f.1',
    '\u212aate@example.com', // which NFC makes a K
    'a\u1fefb@example.com',
  ])('refuses %j', (email) => {
    expect(formats.email(email)).toBe(false);
  });
});
