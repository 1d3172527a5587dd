import { domainOf, mailboxOf } from '../mailbox.ts';
import type { SignUpLimits } from '../sign-up-limits.ts';

/** The keys of an address in `sign_up_counts`, and how many of each there may be; `undefined` for what has no limit. */
export interface LimitKeys {
  mailbox: string | undefined;
  mailboxMax: number | undefined;
  domain: string | undefined;
  domainMax: number | undefined;
}

/** They are hashes, since a count outlives its users. */
export const createLimitKeys =
  ({ perMailbox, perDomain }: SignUpLimits, hash: (text: string) => string) =>
  (email: string): LimitKeys => ({
    mailbox: perMailbox && `mailbox:${hash(mailboxOf(email))}`,
    mailboxMax: perMailbox?.max,
    domain: perDomain && `domain:${hash(domainOf(email))}`,
    domainMax: perDomain?.max,
  });
