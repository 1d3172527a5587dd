import type { User } from '@backend-jobs/users';
import { describe, expect, test } from 'vitest';
import { welcomeEmail } from '../src/mail/welcome-email.ts';

const ada: User = {
  id: '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  locale: 'en',
  createdAt: '2026-01-31T12:00:00.000Z',
};
const from = 'Backend Jobs <welcome@backend-jobs.example>';

describe('the welcome email', () => {
  test('greets by name, in both parts, in the language of the user', () => {
    const english = welcomeEmail(ada, from);
    expect(english.subject).toBe('Welcome aboard');
    expect(english.text).toMatch(/^Welcome, Ada Lovelace!\n\n\S/);
    expect(english.html).toContain('Welcome, Ada Lovelace!');
    const portuguese = welcomeEmail({ ...ada, locale: 'pt-BR' }, from);
    expect(portuguese.subject).toBe('Boas-vindas');
    expect(portuguese.html).toContain('<html lang="pt-BR">');
    expect(portuguese.text).toContain('Sua conta está pronta');
  });

  test('shows HTML in a name as text', () => {
    const { html, text } = welcomeEmail({ ...ada, name: '<img src=x onerror=alert(1)> & "co"' }, from);
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;co&quot;');
    expect(text).toContain('<img src=x onerror=alert(1)> & "co"');
  });

  test('has one Message-ID per user, at the domain of the sender, and says that it is automatic', () => {
    const { messageId, headers } = welcomeEmail(ada, from);
    expect(messageId).toBe(`<welcome.${ada.id}@backend-jobs.example>`);
    expect(welcomeEmail(ada, from).messageId).toBe(messageId);
    expect(welcomeEmail(ada, 'us@other.example').messageId).toBe(`<welcome.${ada.id}@other.example>`);
    expect(headers['Auto-Submitted']).toBe('auto-generated');
  });

  test('goes to the address of the user, and to no other', () => {
    expect(welcomeEmail(ada, from).to).toEqual({ name: 'Ada Lovelace', address: 'ada@example.com' });
  });
});
