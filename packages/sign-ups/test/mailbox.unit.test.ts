import { describe, expect, test } from 'vitest';
import { formats } from '../src/index.ts';
import { domainOf, mailboxOf } from '../src/mailbox.ts';

describe('a mailbox', () => {
  test.for([
    ['ada+news@example.com', 'ada@example.com'],
    ['a.d.a@example.com', 'a.d.a@example.com'],
    ['a.d.a+news@googlemail.com', 'ada@gmail.com'],
    ['eve@gmail.com', 'eve@gmail.com'],
    ['+news@example.com', '+news@example.com'],
    ['+other@example.com', '+other@example.com'],
  ])('of %s is %s: others do not share its limit', ([email = '', mailbox]) => {
    expect(mailboxOf(email)).toBe(mailbox);
  });

  test('has a domain, of which its users are counted', () => {
    expect(domainOf('Ada@Example.COM')).toBe('example.com');
  });
});

test('an email has at most 64 characters before its @, and 254 in all', () => {
  const domain = `${`${'b'.repeat(61)}.`.repeat(3)}com`;
  expect(formats.email(`${'a'.repeat(64)}@${domain}`)).toBe(true);
  expect(formats.email(`${'a'.repeat(65)}@example.com`)).toBe(false);
  expect(formats.email(`${'a'.repeat(64)}@b${domain}`)).toBe(false);
});
