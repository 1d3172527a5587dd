import { domainToASCII } from 'node:url';
import type { Locale, User } from '@backend-jobs/sign-ups';
import { Eta } from 'eta';
import { domainOf } from './domain-of.ts';
import type { Mailbox } from './mailbox.ts';
import type { Message } from './mailer.ts';
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
 */
export const createWelcomeEmailComposer = (from: Mailbox): ((user: User) => Message) => {
  const domain = domainToASCII(domainOf(from.address));
  const prepare = (locale: Locale) => {
    const texts = { locale, ...welcomeTexts[locale] };
    return prepareMessage({
      from,
      subject: texts.subject,
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': locale },
      text: templates.render('./welcome.text.eta', texts),
      html: templates.render('./welcome.html.eta', texts),
      escapeHtml: templates.config.escapeFunction,
    });
  };
  const composers: Record<Locale, ReturnType<typeof prepare>> = {
    en: prepare('en'),
    'pt-BR': prepare('pt-BR'),
  };

  return ({ id, name, email, locale }) =>
    composers[locale]({ name, address: email }, `<welcome.${id}@${domain}>`);
};
