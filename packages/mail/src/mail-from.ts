import { InvalidValue, toAsciiDomain, variable } from '@backend-jobs/runtime';
import parseAddresses from 'nodemailer/lib/addressparser';
import { domainOf } from './domain-of.ts';
import type { Mailbox } from './mailbox.ts';

/** A local part that needs neither quotes nor SMTPUTF8 (RFC 5322, 3.2.3: dot-atom). */
const localPart = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/**
 * Reads `us@example.com` or `Us <us@example.com>`, with the name in quotes or not.
 *
 * @throws {InvalidValue}
 */
const parseMailFrom = (text: string): Mailbox => {
  const [mailbox, ...others] = parseAddresses(text);
  if (mailbox?.address && others.length === 0 && isWritten(mailbox.address, text) && !/\p{Cc}/u.test(text))
    return { name: mailbox.name, address: mailbox.address };
  throw new InvalidValue(
    'must be one address in ASCII, or a name and an address: us@example.com, Us <us@example.com>. ' +
      'Put a name with special characters in quotes',
  );
};

/** nodemailer's parser finds an address in almost any text: take only one that stands where it belongs. */
const isWritten = (address: string, text: string): boolean => {
  const isInPlace = text.trim() === address || text.trim().endsWith(`<${address}>`);
  const local = address.slice(0, address.lastIndexOf('@'));
  return (
    isInPlace && local.length <= 64 && localPart.test(local) && toAsciiDomain(domainOf(address)) !== undefined
  );
};

/** The sender of all mail. In production only the operator can know it. */
export const mailFrom = variable({
  name: 'MAIL_FROM',
  decode: parseMailFrom,
  default: 'Backend Jobs <welcome@backend-jobs.example>',
  required: 'in production',
  meaning: 'the sender: `us@example.com` or `Us <us@example.com>`',
});
