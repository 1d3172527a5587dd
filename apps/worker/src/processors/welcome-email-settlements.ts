import type { Crowded, Interrupted, MailOutcome } from '@backend-jobs/mail';
import type { WelcomeEmailClaim, WelcomeEmailSettlement } from '@backend-jobs/sign-ups';

export type Claimed = WelcomeEmailClaim & { kind: 'claimed' };

/** The email was not tried, since it is older than its deadline. */
interface Expired {
  kind: 'expired';
  reason: string;
}

/** How one run that has the claim ends: with what the mail server did, or with a decision not to ask it now. */
export type SendingEnd = MailOutcome | Crowded | Interrupted | Expired;

/**
 * What happens to the job:
 *
 * - `complete`, or `fail` for good;
 * - `retry`: it spends an attempt, and runs again after a while;
 * - `retry-while-copies-are-left`: the same, but it fails when no further copy may be sent;
 * - `put-back`: it runs again soon, behind the others, and spends no attempt.
 */
type Next = 'complete' | 'fail' | 'retry' | 'retry-while-copies-are-left' | 'put-back';

interface Settlement {
  status: WelcomeEmailSettlement['status'];
  /** Whether a mail server was asked to take the message. */
  countsAttempt: boolean;
  next: Next;
}

/** What each end means for the email's record, and for its job. */
const settlements = {
  sent: { status: 'sent', countsAttempt: true, next: 'complete' },
  refused: { status: 'failed', countsAttempt: true, next: 'fail' },
  // Until it is known whether the message or the service is at fault.
  suspect: { status: 'pending', countsAttempt: true, next: 'retry' },
  expired: { status: 'failed', countsAttempt: false, next: 'fail' },
  uncertain: { status: 'unknown', countsAttempt: true, next: 'retry-while-copies-are-left' },
  deferred: { status: 'pending', countsAttempt: true, next: 'retry' },
  crowded: { status: 'pending', countsAttempt: false, next: 'put-back' },
  interrupted: { status: 'pending', countsAttempt: false, next: 'put-back' },
  unavailable: { status: 'pending', countsAttempt: false, next: 'put-back' },
} satisfies Record<SendingEnd['kind'], Settlement>;

/** The settlement of one end, for the email that was claimed. */
export const settlementOf = ({ kind }: SendingEnd, { copiesLeft }: Claimed) => {
  const { status, countsAttempt, next: nextByTable }: Settlement = settlements[kind];
  const last = copiesLeft === 0 ? 'fail' : 'retry';
  const next = nextByTable === 'retry-while-copies-are-left' ? last : nextByTable;
  return { status, countsAttempt, next, isFinal: next === 'complete' || next === 'fail' };
};
