import type { NewUser, RejectionReason, User, UserId, WelcomeEmail } from './user.ts';

/**
 * The truth about every accepted sign-up. It outlives the jobs, and is read before anything is made, so that a job
 * which runs late or twice does no harm. Each call is one atomic step; any implementation passes the contract in
 * `test/user-store-contract.ts`.
 */
export interface UserStore {
  /**
   * Makes the user `id`, or the rejection when the email belongs to another, and answers what
   * holds then. An id that was decided before keeps its outcome, except that a failed one is decided anew.
   * Emails are compared in their canonical form.
   */
  create(id: UserId, newUser: NewUser): Promise<SignUp>;

  /** What became of the sign-up; `undefined` while it waits, and for an id that was never accepted. */
  find(id: UserId): Promise<SignUp | undefined>;

  /** The id of the user who has this email. */
  findIdByEmail(email: string): Promise<UserId | undefined>;

  /** The users in the order of their ids, which is that of their acceptance; those that come `after` an id. */
  list(page: { after: UserId | undefined; limit: number }): Promise<CreatedSignUp[]>;

  /**
   * Removes all there is of the sign-up, and leaves a mark, which keeps a job that runs late from making the user after
   * all. Answers false when it had been deleted before.
   */
  delete(id: UserId): Promise<boolean>;

  /** Writes down that the sign-up broke, unless it has been decided already. */
  recordFailure(id: UserId): Promise<void>;

  /**
   * Takes the right to send the welcome email: the status becomes `sending`, the attempt is counted, and `token` is
   * the only one that may settle it. There is nothing to claim (`undefined`) once it was sent, or without the user.
   *
   * A claim takes over from an earlier one that was never settled, whose worker died or lost its lock. That one's
   * message may be out: it is counted, and under 'hold' the email becomes `unknown` instead, and the claim `isHeld`.
   * So is the claim of a final email whose job has stalled since (`stalls` counts that): nobody has asked for it again.
   * And there is nothing to claim for a run that began before the one that claimed last: its call was late, since its
   * worker had lost Redis, and its job with it.
   */
  claimWelcomeEmail(id: UserId, token: string, run: WelcomeEmailRun): Promise<WelcomeEmailClaim | undefined>;

  /** Writes how the claimed sending ended; answers false, and writes nothing, when `token` no longer holds it. */
  settleWelcomeEmail(id: UserId, token: string, settlement: WelcomeEmailSettlement): Promise<boolean>;

  /** Writes down that an email will not be tried again: one that waited is `failed`, one being sent is `unknown`. */
  giveUpWelcomeEmail(id: UserId, error: string): Promise<void>;

  /** Every id that has an outcome. One that is decided meanwhile may be missing. */
  ids(): AsyncIterable<UserId>;

  /** A page of the users whose email was asked for before `beforeMs`, and has no final outcome; the oldest first. */
  findUnwelcomed(beforeMs: number, page: { offset: number; count: number }): Promise<UserId[]>;
}

export type SignUp =
  | CreatedSignUp
  | { outcome: 'rejected'; reason: RejectionReason }
  | { outcome: 'failed' }
  | { outcome: 'deleted' };

export interface CreatedSignUp {
  outcome: 'created';
  user: User;
  welcomeEmail: WelcomeEmail;
  /** Nobody but an operator will change anything. */
  isSettled: boolean;
}

/** Whether a message that may be out already is sent again, under the same Message-ID, or waits for an operator. */
export type OnUnknown = 'resend' | 'hold';

/** One start of the job that sends the email. */
export interface WelcomeEmailRun {
  onUnknown: OnUnknown;
  /** How often the job was in the hands of a worker that died. */
  stalls: number;
  /** When the job was added, and which start of it this is: a later run has more of the one, or of the other. */
  addedMs: number;
  start: number;
}

export interface WelcomeEmailClaim {
  isHeld: boolean;
  user: User;
  /** How many times it has been tried, this time included. */
  attempts: number;
  /** When it was asked for, or an operator last asked again. */
  sinceMs: number;
}

export type WelcomeEmailSettlement = Omit<WelcomeEmail, 'status' | 'uncertainAttempts'> & {
  status: Exclude<WelcomeEmail['status'], 'sending'>;
  /** Whether nobody but an operator will try it again. */
  isFinal: boolean;
};
