import { canonicalEmail } from '../canonical-email.ts';
import { domainOf, mailboxOf } from '../mailbox.ts';
import type { UserId } from '../user.ts';

export interface RedisLayout {
  /** Starts with a hash tag (`{backend-jobs}`), so that a cluster holds all keys of a script in one slot. */
  keyPrefix: string;
  /** Stands for an address in the name of a key. */
  hash: (text: string) => string;
}

/**
 * - `record`: a hash for each sign-up, with its outcome, its user and its email's ledger;
 * - `emailIndex`: from an email's hash to the id of its user;
 * - `openEmails`: the ids of users whose email has no final outcome, by the time it was asked for;
 * - `users`: the ids of all users, in their order;
 * - `mailboxCount`, `domainCount`: how many users were made of an address' mailbox and domain, for as long as that counts.
 */
export const createKeys = ({ keyPrefix, hash }: RedisLayout) => ({
  record: (id: UserId) => `${keyPrefix}:sign-up:${id}`,
  emailIndex: (email: string) => `${keyPrefix}:email:${hash(canonicalEmail(email))}`,
  openEmails: `${keyPrefix}:unwelcomed`,
  users: `${keyPrefix}:users`,
  mailboxCount: (email: string) => `${keyPrefix}:of-mailbox:${hash(mailboxOf(email))}`,
  domainCount: (email: string) => `${keyPrefix}:of-domain:${hash(domainOf(email))}`,
});
