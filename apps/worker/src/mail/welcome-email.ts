import type { Locale, User } from '@backend-jobs/users';
import { Eta } from 'eta';
import addressparser from 'nodemailer/lib/addressparser';
import type { Message } from './mailer.ts';
import { type Mailbox, nameGap, prepareMessage } from './prepare-message.ts';
import { type WelcomeTexts, welcomeTexts } from './welcome-texts.ts';

const templates = new Eta({
  views: new URL('./templates', import.meta.url).pathname,
  autoEscape: true,
  autoTrim: [false, 'nl'],
});
const { escapeFunction } = templates.config;

/**
 * Makes the welcome email of a user, in the user's language, written by `from`: an address, or a name and an address in
 * angle brackets. Its Message-ID depends on nothing but the two, so that a mail server or a reader can recognise a
 * second copy (RFC 5322, 3.6.4); it is nobody's reply, and says so (RFC 3834, 5).
 */
export const createWelcomeEmail = (from: string): ((user: User) => Message) => {
  const [sender = { name: '', address: from }]: Mailbox[] = addressparser(from, { flatten: true });
  const prepare = (locale: string, { subject, greeting, paragraphs, note }: WelcomeTexts) => {
    const content = { locale, subject, greeting: greeting(nameGap), paragraphs, note };
    return prepareMessage({
      ...{ from: sender, subject },
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': locale },
      text: templates.render('./welcome.text.eta', content),
      html: templates.render('./welcome.html.eta', content),
    });
  };
  const byLocale = Object.fromEntries(
    Object.entries(welcomeTexts).map(([locale, texts]) => [locale, prepare(locale, texts)]),
  ) as Record<Locale, ReturnType<typeof prepare>>;
  const domain = sender.address.slice(sender.address.lastIndexOf('@') + 1);

  return ({ id, name, email, locale }) => {
    const recipient = { address: email, name, nameInHtml: escapeFunction(name) };
    return byLocale[locale](recipient, `<welcome.${id}@${domain}>`);
  };
};
