import type { UserId } from './user.ts';

/** How an accepted sign-up can end. A user who was created has ended when it is known what became of the welcome. */
export const signUpEnds = [
  'welcome_sent',
  'welcome_failed',
  'welcome_unknown',
  'rejected',
  'failed',
  'removed',
  'deleted',
] as const;
export type SignUpEnd = (typeof signUpEnds)[number];

/**
 * What the stores tell the process that recorded it. Each sign-up ends once, whatever becomes of it afterwards: an
 * operator can have one that has ended go on, and then it ends a second time without an event. So the ends add up to the
 * sign-ups that were accepted. A process that dies between the record and the event tells nobody.
 */
export interface SignUpEvents {
  ended(end: SignUpEnd): void;
  /**
   * The sign-up has ended as `welcome_sent`. `sentAt` is when the mail server took the welcome, an RFC 3339 time by the
   * clock of Redis.
   */
  welcomed(id: UserId, sentAt: string): void;
}

export const noEvents: SignUpEvents = { ended: () => {}, welcomed: () => {} };
