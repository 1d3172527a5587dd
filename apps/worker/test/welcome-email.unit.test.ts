import { formats, type User } from '@backend-jobs/users';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { createWelcomeEmail } from '../src/mail/welcome-email.ts';

const ada: User = {
  id: '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  locale: 'en',
  createdAt: '2026-01-31T12:00:00.000Z',
};
const welcomeEmail = createWelcomeEmail('Backend Jobs <welcome@backend-jobs.example>');

/** What a mail program makes of it. */
const read = (user: Partial<User>) => simpleParser(welcomeEmail({ ...ada, ...user }).content);

describe('the welcome email', () => {
  test('greets by name, in both parts, in the language of the user', async () => {
    const english = await read({});
    expect(english.subject).toBe('Welcome aboard');
    expect(english.text).toMatch(/^Welcome, Ada Lovelace!\n\n\S/);
    expect(english.html).toContain('Welcome, Ada Lovelace!</h1>');
    const portuguese = await read({ locale: 'pt-BR' });
    expect(portuguese.subject).toBe('Boas-vindas');
    expect(portuguese.html).toContain('<html lang="pt-BR">');
    expect(portuguese.text).toContain('Sua conta está pronta, e é muito bom ter você aqui.');
  });

  test('shows HTML in a name as text', async () => {
    const { html, text } = await read({ name: '<img src=x onerror=alert(1)> & "co"' });
    expect(html).toContain('Welcome, &lt;img src=x onerror=alert(1)&gt; &amp; &quot;co&quot;!');
    expect(text).toContain('<img src=x onerror=alert(1)> & "co"');
  });

  test('has one Message-ID per user, at the domain of the sender, and says that it is automatic', async () => {
    const { messageId } = welcomeEmail(ada);
    expect(messageId).toBe(`<welcome.${ada.id}@backend-jobs.example>`);
    expect(welcomeEmail(ada).messageId).toBe(messageId);
    expect(createWelcomeEmail('us@other.example')(ada).messageId).toBe(`<welcome.${ada.id}@other.example>`);
    const parsed = await read({});
    expect(parsed.messageId).toBe(messageId);
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
    expect(parsed.headers.get('content-language')).toBe('en');
    expect(Math.abs((parsed.date?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('goes to the address of the user, and to no other', async () => {
    const { from, to } = welcomeEmail(ada);
    expect({ from, to }).toEqual({ from: 'welcome@backend-jobs.example', to: 'ada@example.com' });
    const parsed = await read({});
    expect(parsed.from?.text).toBe('"Backend Jobs" <welcome@backend-jobs.example>');
    expect(parsed.to).toMatchObject({ text: '"Ada Lovelace" <ada@example.com>' });
    const { content } = welcomeEmail({ ...ada, email: 'ada@bücher.example' });
    expect(content).toContain('<ada@xn--bcher-kva.example>');
  });

  describe('shows whatever name is let in, and is otherwise the same', () => {
    const hostile = fc.constantFrom(
      ...[
        '--=_part',
        '--=_part--',
        '=_part',
        '=',
        '=41',
        '.',
        '..',
        ' .',
        '\u{f0000}',
        '{{name}}',
        '<%= it %>',
      ],
      ...[
        '"<eve@example.com>',
        'Ada, Bob',
        '=?utf-8?Q?Eve?=',
        '(x)',
        '\\',
        "'",
        '"',
        '&lt;',
        'Zoë',
        '王',
        '👩‍🚀',
      ],
    );
    const name = fc
      .array(fc.oneof(hostile, fc.string({ unit: 'grapheme', maxLength: 30 }), fc.constant(' ')), {
        minLength: 1,
        maxLength: 8,
      })
      .map((parts) => parts.join(''))
      .filter((text) => text.isWellFormed() && [...text].length <= 200 && formats['person-name'](text));

    test('in text that is one line long, in HTML as text, in To as a name', async () => {
      const plain = await read({});
      await fc.assert(
        fc.asyncProperty(name, async (given) => {
          const { text, html, to, headerLines, attachments } = await read({ name: given });
          expect(text).toBe(plain.text?.replace('Ada Lovelace', () => given));
          const shown = given.replace(/[&<>"']/g, (character) => entities[character] ?? '');
          expect(html).toBe(String(plain.html).replace('Ada Lovelace', () => shown));
          expect(to).toMatchObject({ value: [{ address: 'ada@example.com' }] });
          expect(headerLines.map(({ key }) => key)).toEqual(plain.headerLines.map(({ key }) => key));
          expect(attachments).toEqual([]);
        }),
        { numRuns: 300 },
      );
    });

    test('in lines of ASCII that are no longer than 78 characters (RFC 5322, 2.1.1)', () => {
      fc.assert(
        fc.property(name, (given) => {
          const { content } = welcomeEmail({ ...ada, name: given });
          expect(content).toMatch(/^[\x20-\x7e\r\n]*$/);
          expect(content.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
          for (const line of content.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
        }),
        { numRuns: 300 },
      );
    });
  });
});

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
