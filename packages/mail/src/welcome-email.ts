import { type Locale, toAsciiDomain, type User } from '@backend-jobs/sign-ups';
import { Eta } from 'eta';
import { containsLink } from './contains-link.ts';
import { domainOf } from './domain-of.ts';
import type { Mailbox } from './mailbox.ts';
import type { Message } from './message.ts';
import { prepareMessage } from './prepare-message.ts';
import { welcomeTexts } from './welcome-texts.ts';

const templates = new Eta({
  views: new URL('./templates', import.meta.url).pathname,
  autoEscape: true,
  autoTrim: [false, 'nl'],
});

/**
 * Makes the welcome email of a user, in the user's language, sent by `from`. Its Message-ID depends on
 * nothing but the two, so that a mail server or a reader can recognise a second copy (RFC 5322, 3.6.4); it is
 * nobody's reply, and says so (RFC 3834, 5).
 *
 * Anybody can sign somebody else up, under any name. So that nobody can send their advertisement from here, a
 * name that a mail program would show as a link is left out.
 */
export const createWelcomeEmailComposer = (from: Mailbox): ((user: User) => Message) => {
  const domain = toAsciiDomain(domainOf(from.address));
  const prepare = (locale: Locale, greeting: string) => {
    const texts = { ...welcomeTexts[locale], locale, greeting };
    return prepareMessage({
      from,
      subject: texts.subject,
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': locale },
      text: templates.render('./welcome.text.eta', texts),
      html: templates.render('./welcome.html.eta', texts),
      escapeHtml: templates.config.escapeFunction,
    });
  };
  const prepareBoth = (locale: Locale) => ({
    byName: prepare(locale, welcomeTexts[locale].greeting.byName),
    withoutName: prepare(locale, welcomeTexts[locale].greeting.withoutName),
  });
  const composers: Record<Locale, ReturnType<typeof prepareBoth>> = {
    en: prepareBoth('en'),
    'pt-BR': prepareBoth('pt-BR'),
  };

  return ({ id, name, email, locale }) => {
    const address = withAsciiDomain(email);
    const messageId = `<welcome.${id}@${domain}>`;
    const { byName, withoutName } = composers[locale];
    return containsLink(name)
      ? withoutName({ name: '', address }, messageId)
      : byName({ name, address }, messageId);
  };
};

/** An address that another version let in may have no such form; then the mail server decides. */
const withAsciiDomain = (address: string): string => {
  const domain = domainOf(address);
  return `${address.slice(0, address.lastIndexOf('@'))}@${toAsciiDomain(domain) || domain}`;
};
