import type { User, UserId, WelcomeEmail } from './user.ts';

/**
 * Who may send a user's welcome email, and what became of it. Each call is one atomic step. An implementation is right
 * when it passes the contract in `test/contracts/`.
 *
 * ```
 *              claim             settle
 *   pending ──────────▶ sending ────────▶ sent
 *      ▲                 │ │ │                         settle (a try that may go on), or a claim that
 *      └── settle ───────┘ │ └──────────▶ failed       takes over a lost one, leads back to sending
 *                          └────────────▶ unknown
 * ```
 */
export interface WelcomeEmailLedger {
  /**
   * Takes the right to send the email: the status becomes `sending`, the attempt is counted, and `token` is the only
   * one that may settle it. The same call again, when its answer was lost, returns the same claim.
   *
   * A claim takes over from an earlier one that was never settled, because its worker died or lost the job. That
   * worker's message may be out, so it counts as a copy. The claim is `blocked` when `maxCopies` may be out by then, and
   * the email becomes `unknown`. It is also blocked when the email is over and the job only runs again because its
   * worker died (`run.lost`). There is nothing to send for a run that is earlier than the one that claimed last: it has
   * lost the job, and its call arrives late. An earlier job may only not take the email from a later one that sends it:
   * a job can seem to be earlier because of a clock.
   *
   * A run that was not lost, of an email that is over, means that an operator asked for it again. Then its time and its
   * copies are counted anew.
   */
  claim(id: UserId, token: string, run: WelcomeEmailRun): Promise<WelcomeEmailClaim>;

  /** Records how the claimed sending ended. Returns `false`, and records nothing, if `token` no longer has the claim. */
  settle(id: UserId, token: string, settlement: WelcomeEmailSettlement): Promise<boolean>;

  /**
   * Records that nobody will try again: an email that waited is `failed`, one that was being sent is `unknown`. `lost` is how
   * often its job was lost by then: a run that was not lost more often was asked for.
   */
  giveUp(id: UserId, error: string, lost?: number): Promise<void>;

  /**
   * Records that an operator removed the email, so that no job sends it any more: neither one that starts before it is
   * gone, nor one that is added for an email that seems to have been lost. There is nothing to send for a claim after
   * that. Returns `false`, and records nothing, while the email is being sent. One that is over keeps its outcome.
   */
  withdraw(id: UserId, error: string): Promise<boolean>;

  /** The `job` of the run that claimed last; 0 if none has. One that is added for a job that was lost has to be later. */
  lastJob(id: UserId): Promise<number>;

  /**
   * The users whose email has no final outcome and was asked for at least `ageMs` ago, by the clock that all workers share;
   * the oldest first, in pages. One that is open throughout is not missed, although others settle meanwhile.
   */
  findOpen(ageMs: number): AsyncIterable<UserId[]>;

  /** How long ago the oldest of those emails was asked for; 0 if there is none. */
  oldestOpenAgeMs(): Promise<number>;

  /**
   * The users whose email ended as `failed` or `unknown` in this span, in ms since 1970 by the clock that all workers
   * share, the oldest first, in pages. One that an operator removed is not among them, and one that is claimed again is so
   * no longer. An email that ended before this was recorded counts as ended when it was asked for.
   */
  findUnsent(span: { from?: number; to?: number }): AsyncIterable<UnsentEmail[]>;

  /** When this user's email ended, if it is among those of `findUnsent`. */
  unsentSince(id: UserId): Promise<number | undefined>;
}

export interface UnsentEmail {
  id: UserId;
  endedMs: number;
}

/** One run of the job that sends the email. */
export interface WelcomeEmailRun {
  /** How many copies may be out before only an operator may send another. */
  maxCopies: number;
  /** Which run it is: `job` grows with each job that is added for this email, `start` with each start of that job. */
  job: number;
  start: number;
  /** How often this job was lost by a worker that died. */
  lost: number;
}

export type WelcomeEmailClaim =
  | {
      kind: 'claimed';
      user: User;
      /** How often a mail server was asked, this time included. */
      attempts: number;
      /** When the email was asked for, or an operator last asked again, in ms since 1970. */
      sinceMs: number;
      /** How many more copies may follow if this one ends as `unknown`. */
      copiesLeft: number;
      /** When it was claimed, in ms since 1970, by the clock that all workers share. */
      claimedMs: number;
      /** As the last settlement said. */
      refusals: Refusals | undefined;
    }
  | { kind: 'blocked' }
  | { kind: 'nothing-to-send' };

export interface WelcomeEmailSettlement {
  status: Exclude<WelcomeEmail['status'], 'sending'>;
  /** Whether only an operator will have it tried again. */
  isFinal: boolean;
  /** Whether a mail server was asked. Otherwise the attempt that the claim counted is taken back. */
  countsAttempt: boolean;
  messageId?: string | undefined;
  sentAt?: string | undefined;
  error?: string | undefined;
  refusals?: Refusals | undefined;
}

/** The server refuses the message, and whether the message is at fault is open. */
interface Refusals {
  /** How often it was refused while the server took other messages. */
  count: number;
  /** When it was counted last, in ms since 1970 by the clock that all workers share. */
  sinceMs: number;
}
