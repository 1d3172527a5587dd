import type { User } from '@backend-jobs/sign-ups';
import fc from 'fast-check';
import { LinkifyIt } from 'linkify-it';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { createWelcomeEmailComposer } from '../src/welcome-email.ts';

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

const topLevelDomains = ['com', 'dev', 'zip', 'uk', 'me', 'рф', '中国'];
const words = ['evil.', 'co.', 'www.', 'http://', '//', 'ada@', 'Ada', 'Ада', '王', '1.2.3.4', 'St.John'];
const signs = [...' .,:;!?-_/\\@#&<>()[]"\'’“„«»。．、，！・•+=*|~0'];
const nameWithLink = fc
  .array(fc.constantFrom(...topLevelDomains, ...words, ...signs), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''))
  .filter((name) => name.trim() !== '');

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
    for (const email of ['ada@bücher.example', 'ada@bu\u0308cher.example', 'ada@ＢÜcher.example']) {
      const { to, raw } = composeWelcomeEmail({ ...ada, email });
      expect(to).toBe('ada@xn--bcher-kva.example');
      expect(raw).toContain('<ada@xn--bcher-kva.example>');
    }
    const { messageId } = createWelcomeEmailComposer({ name: '', address: 'us@bücher.example' })(ada);
    expect(messageId).toBe(`<welcome.${ada.id}@xn--bcher-kva.example>`);
  });
});

describe('a name that a mail program would turn into a link', () => {
  /** With the top-level domains of the names below, as mail programs have them all. */
  const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true, tlds: topLevelDomains });
  const linksIn = (text: string) => linkify.match(text)?.map(({ url }) => url) ?? [];

  test('is left out, wherever a name is shown', async () => {
    const name = 'You won! Claim at http://evil.example/claim';
    const english = await read({ name });
    expect(english.text).toMatch(/^Welcome!\n\n/);
    expect(english.html).toContain('>Welcome!</h1>');
    expect(english.to).toMatchObject({ value: [{ name: '', address: 'ada@example.com' }] });
    expect((await read({ name, locale: 'pt-BR' })).text).toMatch(/^Boas-vindas!\n\n/);
    expect(composeWelcomeEmail({ ...ada, name }).raw).not.toMatch(/evil/);
  });

  test('is never in a message, whatever stands around it', async () => {
    await fc.assert(
      fc.asyncProperty(nameWithLink, fc.constantFrom('en', 'pt-BR'), async (name, locale) => {
        const { text = '', html, to } = await read({ name, locale });
        const [heading = ''] = /(?<=<h1[^>]*>).*(?=<\/h1>)/.exec(String(html)) ?? [];
        expect(
          [text, decodeEntities(heading), [to].flat()[0]?.value[0]?.name ?? ''].flatMap(linksIn),
        ).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
const decodeEntities = (html: string) => html.replace(/&[^;]+;/g, (entity) => entities[entity] ?? entity);
