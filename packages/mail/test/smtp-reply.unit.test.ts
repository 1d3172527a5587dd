import { expect, test } from 'vitest';
import { readableReply } from '../src/smtp-reply.ts';

const recipient = 'ada.lovelace+news@example.com';

test.for([
  ['<ada.lovelace+news@example.com> unknown', '<…> unknown'],
  ['"ada.lovelace+news"@example.com unknown', '… unknown'],
  ['ada.lovelace%2Bnews%40example.com unknown', '… unknown'],
  ['bounce-ada.lovelace+news=example.com unknown', 'bounce-…=… unknown'],
  ['ada.lovelace+news=40example.com unknown', '… unknown'],
  ['ada.lovelace+news&#64;example.com unknown', '… unknown'],
  ['mx1.EXAMPLE.com is not there', 'mx1.… is not there'],
  ['user ADA.LOVELACE unknown', 'user … unknown'],
  ['somebody.else@example.org unknown', '… unknown'],
  ['adalovelace is another word', 'adalovelace is another word'],
])('%s', ([reply, readable]) => {
  expect(readableReply(`550 ${reply}`, recipient)).toBe(`550 ${readable}`);
});

test('shows nothing that a terminal would obey, nor line breaks', () => {
  expect(readableReply('550 a\u009b31mb\u001b[2Jc\r\nd\u202ee', recipient)).toBe('550 a31mb[2Jc de');
});

test.for(['ada_l', 'ada-l', "o'ada", 'a!#$%&*/=?^`{|}~a', '1ada', 'a.b'])(
  'knows the local part %s',
  (local) => {
    expect(readableReply(`550 no ${local}`, `${local}@example.com`)).toBe('550 no …');
  },
);

test('knows the domain in its own letters, too', () => {
  expect(readableReply('550 no bücher.example', 'ada@xn--bcher-kva.example')).toBe('550 no …');
});

test('is not misled by what shows nothing', () => {
  expect(readableReply('550 ada.love\u009blace un\u00adknown', recipient)).toBe('550 … unknown');
});

test('keeps 500 characters, and looks at no more', () => {
  expect(readableReply(`550 ${'a '.repeat(500_000)}@`, recipient)).toBe(`550 ${'a '.repeat(248)}…`);
});

test('leaves no part of a word that it cuts', () => {
  const filler = 'x '.repeat(246);
  expect(readableReply(`550 ${filler}${recipient}`, recipient)).toBe(`550 ${filler}…`);
});
