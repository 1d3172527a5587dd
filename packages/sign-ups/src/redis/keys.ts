import { canonicalEmail } from '../canonical-email.ts';
import { domainOf, mailboxOf } from '../mailbox.ts';
import type { UserId } from '../user.ts';

export interface RedisLayout {
  /** Starts with a hash tag (`{backend-jobs}`), so that a cluster holds all keys of a script in one slot. */
  keyPrefix: string;
  /** Stands for an address in the name of a key. */
  hash: (text: string) => string;
}

/** The name of a sign-up's record, and of the channel on which its changes are published. */
export const createRecordKey =
  (keyPrefix: string) =>
  (id: UserId): string =>
    `${keyPrefix}:sign-up:${id}`;

/** The name of the key that says how far the users are on their way to PostgreSQL. */
export const moveKey = (keyPrefix: string): string => `${keyPrefix}:move`;

/**
 * - `record`: a hash for each sign-up, with its outcome, its user and its email's ledger. Each script that changes what a
 *   client sees of it publishes an empty message on the channel of the same name, by `pcall`: for a Redis user who may
 *   not publish, sign-ups go on all the same;
 * - `emailIndex`: from an email's hash to the id of its user;
 * - `openEmails`: the ids of users whose email has no final outcome, by the time it was asked for;
 * - `unsentEmails`: the ids of users whose email ended as failed or unknown, by the time it ended; `unsentAreAll` once it
 *   has those of before it was kept;
 * - `users`: the ids of all users, in their order;
 * - `mailboxCount`, `domainCount`: how many users were made of an address' mailbox and domain, for as long as that counts;
 * - `move`: how far the users are on their way to PostgreSQL (`move-state.ts`).
 */
export const createKeys = ({ keyPrefix, hash }: RedisLayout) => ({
  record: createRecordKey(keyPrefix),
  emailIndex: (email: string) => `${keyPrefix}:email:${hash(canonicalEmail(email))}`,
  openEmails: `${keyPrefix}:unwelcomed`,
  unsentEmails: `${keyPrefix}:unsent`,
  unsentAreAll: `${keyPrefix}:unsent-are-all`,
  users: `${keyPrefix}:users`,
  mailboxCount: (email: string) => `${keyPrefix}:of-mailbox:${hash(mailboxOf(email))}`,
  domainCount: (email: string) => `${keyPrefix}:of-domain:${hash(domainOf(email))}`,
  move: moveKey(keyPrefix),
});
