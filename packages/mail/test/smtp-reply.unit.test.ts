import { expect, test } from 'vitest';
import { readableReply } from '../src/smtp-reply.ts';

const recipient = 'ada.lovelace+news@example.com';

test.for([
  ['<ada.lovelace+news@example.com> unknown', '<…> unknown'],
  ['"ada.lovelace+news"@example.com unknown', '… unknown'],
  ['ada.lovelace%2Bnews%40example.com unknown', '… unknown'],
  ['bounce-ada.lovelace+news=example.com unknown', 'bounce-…=example.com unknown'],
  ['user ADA.LOVELACE unknown', 'user … unknown'],
  ['somebody.else@example.org unknown', '… unknown'],
  ['adalovelace is another word', 'adalovelace is another word'],
])('%s', ([reply, readable]) => {
  expect(readableReply(`550 ${reply}`, recipient)).toBe(`550 ${readable}`);
});

test('shows nothing that a terminal would obey, nor line breaks', () => {
  expect(readableReply('550 a\u009b31mb\u001b[2Jc\r\nd\u202ee', recipient)).toBe('550 a 31mb [2Jc d e');
});

test('keeps 500 characters, and looks at no more', () => {
  expect(readableReply(`550 ${'a'.repeat(1_000_000)}@`, recipient)).toHaveLength(500);
});
