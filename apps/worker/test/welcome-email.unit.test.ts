import { formats, type User } from '@backend-jobs/sign-ups';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { createWelcomeEmailComposer } from '../src/mail/welcome-email.ts';

const ada: User = {
  id: '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  locale: 'en',
  createdAt: '2026-01-31T12:00:00.000Z',
};
const composeWelcomeEmail = createWelcomeEmailComposer({
  name: 'Backend Jobs',
  address: 'welcome@backend-jobs.example',
});

/** What a mail program makes of it. */
const read = (user: Partial<User> = {}) => simpleParser(composeWelcomeEmail({ ...ada, ...user }).raw);

describe('the welcome email', () => {
  test('greets by name, in both parts, in the language of the user', async () => {
    const english = await read();
    expect(english.subject).toBe('Welcome aboard');
    expect(english.text).toMatch(/^Welcome, Ada Lovelace!\n\n\S/);
    expect(english.html).toContain('Welcome, Ada Lovelace!</h1>');
    const portuguese = await read({ locale: 'pt-BR' });
    expect(portuguese.subject).toBe('Boas-vindas');
    expect(portuguese.html).toContain('<html lang="pt-BR">');
    expect(portuguese.text).toContain('Sua conta está pronta, e é muito bom ter você aqui.');
  });

  test('says what it is: automatic, in what language, of today', async () => {
    const { headers, date } = await read({ locale: 'pt-BR' });
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('content-language')).toBe('pt-BR');
    expect(Math.abs((date?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('has one Message-ID per user, at the domain of the sender', async () => {
    const { messageId } = composeWelcomeEmail(ada);
    expect(messageId).toBe(`<welcome.${ada.id}@backend-jobs.example>`);
    expect((await read()).messageId).toBe(messageId);
    expect(composeWelcomeEmail({ ...ada, id: 'other' }).messageId).not.toBe(messageId);
    expect(createWelcomeEmailComposer({ name: '', address: 'us@other.example' })(ada).messageId).toBe(
      `<welcome.${ada.id}@other.example>`,
    );
  });

  test('goes from the sender to the address of the user, and to no other', async () => {
    const { from, to } = composeWelcomeEmail(ada);
    expect({ from, to }).toEqual({ from: 'welcome@backend-jobs.example', to: 'ada@example.com' });
    const parsed = await read();
    expect(parsed.from?.value).toEqual([{ name: 'Backend Jobs', address: 'welcome@backend-jobs.example' }]);
    expect(parsed.to).toMatchObject({ value: [{ name: 'Ada Lovelace', address: 'ada@example.com' }] });
  });

  test.for(['', 'Acme, Inc.', 'Zoë', 'A "b" c', 'back\\slash', '<us@other.example>'])(
    'is from "%s"',
    async (name) => {
      const { raw } = createWelcomeEmailComposer({ name, address: 'us@example.com' })(ada);
      expect((await simpleParser(raw)).from?.value).toEqual([{ name, address: 'us@example.com' }]);
    },
  );

  test('writes an internationalised domain in ASCII', () => {
    const { raw } = composeWelcomeEmail({ ...ada, email: 'ada@bücher.example' });
    expect(raw).toContain('<ada@xn--bcher-kva.example>');
    const { messageId } = createWelcomeEmailComposer({ name: '', address: 'us@bücher.example' })(ada);
    expect(messageId).toBe(`<welcome.${ada.id}@xn--bcher-kva.example>`);
  });
});

const hostileParts = [
  ...['--=_part', '--=_part--', '=_part', '=', '=41', '.', '..', ' .', '\u{f0000}', '{{name}}', '<%= it %>'],
  ...['"<eve@example.com>', 'Ada, Bob', '=?utf-8?Q?Eve?=', '(x)', '\\', "'", '"', '&lt;', '<img src=x>'],
  ...['Zoë', '王', '👩‍🚀', 'From Dusk', ' '.repeat(90), 'x'.repeat(150)],
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

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

describe('a name that is let in', () => {
  test('is shown as it is in the text, as text in HTML, and changes nothing else', async () => {
    const plain = await read();
    const headersOf = ({ headerLines }: typeof plain) => headerLines.map(({ key }) => key);
    await fc.assert(
      fc.asyncProperty(anyName, async (name) => {
        const mail = await read({ name });
        expect(mail.text).toBe(plain.text?.replace(ada.name, () => name));
        const escaped = name.replace(/[&<>"']/g, (character) => entities[character] ?? '');
        expect(mail.html).toBe(String(plain.html).replace(ada.name, () => escaped));
        expect(headersOf(mail)).toEqual(headersOf(plain));
        expect(mail.attachments).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('is the name in To, whose address is still the one', async () => {
    await fc.assert(
      // Mail programs decode a word that looks encoded, quoted or not.
      fc.asyncProperty(
        anyName.filter((name) => !name.includes('=?')),
        async (name) => {
          const { to } = await read({ name });
          const { value } = [to].flat()[0] ?? { value: [] };
          expect(value.map(({ address }) => address)).toEqual(['ada@example.com']);
          expect(withoutBlanks(value[0]?.name)).toBe(withoutBlanks(name));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('leaves the message in ASCII, in lines of 76 characters, or 998 in headers (RFC 2045, 6.7; RFC 5322, 2.1.1)', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const { raw } = composeWelcomeEmail({ ...ada, name });
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
});

/** Folding a header may add some, and mail programs drop some. */
const withoutBlanks = (text = '') => text.replace(/\s/g, '');

const longestLine = (text: string) => Math.max(...text.split('\r\n').map(({ length }) => length));
