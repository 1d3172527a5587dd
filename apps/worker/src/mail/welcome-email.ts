import type { User } from '@backend-jobs/users';
import { Eta } from 'eta';
import type { Message } from './mailer.ts';
import { welcomeTexts } from './welcome-texts.ts';

const templates = new Eta({
  views: new URL('./templates', import.meta.url).pathname,
  cache: true,
  autoEscape: true,
  autoTrim: [false, 'nl'],
});

/**
 * The welcome email for `user`, in the user's language, written by `from`. Its Message-ID depends on
 * nothing but the two, so that a mail server
 * or a reader can recognise a second copy (RFC 5322, 3.6.4); it is nobody's reply, and says so (RFC 3834, 5).
 */
export const welcomeEmail = (user: User, from: string): Message => {
  const { subject, greeting, paragraphs, note } = welcomeTexts[user.locale];
  const content = { locale: user.locale, subject, greeting: greeting(user.name), paragraphs, note };
  return {
    to: { name: user.name, address: user.email },
    subject,
    text: templates.render('./welcome.text.eta', content),
    html: templates.render('./welcome.html.eta', content),
    messageId: `<welcome.${user.id}@${domainOf(from)}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': user.locale },
  };
};

const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1).replace('>', '');
