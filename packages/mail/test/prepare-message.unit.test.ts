import { formats } from '@backend-jobs/sign-ups';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import { namePlaceholder, prepareMessage } from '../src/prepare-message.ts';

const compose = prepareMessage({
  from: { name: 'Backend Jobs', address: 'welcome@backend-jobs.example' },
  subject: 'Welcome',
  headers: {},
  text: `Dear ${namePlaceholder},\n\n${'Glad to have you here. '.repeat(10)}\n`,
  html: `<h1 class="text">Dear ${namePlaceholder},</h1>\n`,
  escapeHtml: (text) => text.replace(/[&<>"']/g, (character) => entities[character] ?? ''),
});
const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const composeFor = (name: string) =>
  compose({ name, address: 'ada@example.com' }, '<1@backend-jobs.example>').raw;

const hostileParts = [
  ...['--=_part', '--=_part--', '=_part', '=', '=41', '.', '..', ' .', '\u{f0000}', '{{name}}', '<%= it %>'],
  ...[
    '"<eve@example.com>',
    'Ada, Bob',
    '=?utf-8?Q?Eve?=',
    '=?iso-8859-1?b?RXZl?=',
    '=?',
    '?=',
    '(x)',
    '\\\\',
  ],
  ...[
    "'",
    '"',
    '&lt;',
    '<img src=x>',
    'Zoë',
    '王',
    '👩\u200d🚀',
    'From Dusk',
    ' '.repeat(90),
    'x'.repeat(150),
  ],
];
const anyName = fc
  .array(
    fc.oneof(
      fc.constantFrom(...hostileParts),
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constant(' '),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(''))
  .filter((name) => [...name].length <= 200 && formats['person-name'](name));

test('a name is shown as it is in the text, as text in HTML, and changes nothing else', async () => {
  const plain = await simpleParser(composeFor('Ada Lovelace'));
  const headersOf = ({ headerLines }: typeof plain) => headerLines.map(({ key }) => key);
  await fc.assert(
    fc.asyncProperty(anyName, async (name) => {
      const mail = await simpleParser(composeFor(name));
      expect(mail.text).toBe(plain.text?.replace('Ada Lovelace', () => name));
      const escaped = name.replace(/[&<>"']/g, (character) => entities[character] ?? '');
      expect(mail.html).toBe(String(plain.html).replace('Ada Lovelace', () => escaped));
      expect(headersOf(mail)).toEqual(headersOf(plain));
      expect(mail.attachments).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** What two mail programs read in `To`; they share no code. */
const recipients = async (raw: string) => [
  [(await simpleParser(raw)).to].flat().flatMap((list) => list?.value ?? []),
  (await PostalMime.parse(raw)).to ?? [],
];

test('a name is the one in To, and the address beside it is the only one', async () => {
  await fc.assert(
    fc.asyncProperty(anyName, async (name) => {
      for (const [to, ...others] of await recipients(composeFor(name))) {
        expect(to?.address).toBe('ada@example.com');
        expect(withoutBlanks(to?.name)).toBe(withoutBlanks(name));
        expect(others).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});

test('a name that looks like an encoded word is not decoded', async () => {
  for (const name of ['=?utf-8?q?Eve?=', 'Ada =?utf-8?b?RXZl?= Bob', '=?utf-8?q?Eve', '"=?utf-8?q?Eve?="']) {
    for (const [to] of await recipients(composeFor(name))) expect(to?.name).toBe(name);
  }
});

test('a message is in ASCII, in lines of 76 characters, or 998 in headers (RFC 2045, 6.7; RFC 5322, 2.1.1)', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const raw = composeFor(name);
      expect(raw).toMatch(/^[\x20-\x7e\r\n]*$/);
      expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      const [head = '', ...body] = raw.split('\r\n\r\n');
      expect(longestLine(head)).toBeLessThanOrEqual(998);
      expect(head.split('\r\n').filter((line) => line.trim() === '')).toEqual([]);
      expect(body.join('\r\n')).not.toMatch(/^From /m);
      expect(longestLine(body.join('\r\n'))).toBeLessThanOrEqual(76);
    }),
    { numRuns: 300 },
  );
});

/** Folding a header may add some, and mail programs drop some. */
const withoutBlanks = (text = '') => text.replace(/\s/g, '');

const longestLine = (text: string) => Math.max(...text.split('\r\n').map(({ length }) => length));
