import type { NewUser, RejectionReason, User, UserId, WelcomeEmail } from './user.ts';

/**
 * The truth about every accepted sign-up. It outlives the jobs, and is read before anything is made, so that a job
 * which runs late or twice does no harm. Each call is one atomic step. An implementation is right when it passes the
 * contract in `test/contracts/`.
 */
export interface SignUpStore {
  /**
   * Makes the user `id`, or the rejection when the email belongs to another user or its mailbox or domain has reached its
   * limit (`SignUpLimits`), and returns what holds then. An id that was decided before keeps its outcome, except that a
   * failed one is decided anew. Emails are compared in their canonical form.
   */
  create(id: UserId, newUser: NewUser): Promise<SignUp>;

  /** What became of the sign-up; `undefined` while it waits, and for an id that was never accepted. */
  find(id: UserId): Promise<SignUp | undefined>;

  /** The id of the user who has this email. */
  findIdByEmail(email: string): Promise<UserId | undefined>;

  /** Whether a user could be made of this email now. Where PostgreSQL accepts sign-ups, it looks in the same statement. */
  availabilityOf(email: string): Promise<EmailAvailability>;

  /** Up to `limit` users in the order of their ids, which is the order of their acceptance, from `after` on. */
  list(page: { after: UserId | undefined; limit: number }): Promise<UserPage>;

  /**
   * Removes all there is of the sign-up, and leaves a mark, which keeps a late job from making the user after all.
   * Returns `false` if the sign-up was already deleted.
   */
  delete(id: UserId): Promise<boolean>;

  /** Records that the sign-up failed, unless it has an outcome already. */
  recordFailure(id: UserId): Promise<void>;

  /**
   * Records that an operator removed the sign-up, so that no job makes its user any more. Changes nothing if it was
   * decided before, except that one that failed is removed: nobody can try it again. Returns what holds then.
   */
  recordRemoval(id: UserId): Promise<SignUp['outcome']>;

  /** Every id that has an outcome. One that is decided meanwhile may be missing. */
  ids(): AsyncIterable<UserId>;
}

export interface EmailAvailability {
  /** The user who has it. */
  ownerId: UserId | undefined;
  /** In how many seconds the limits allow another user of its mailbox and domain; 0 if they allow it now. */
  retryAfterSeconds: number;
}

export type SignUp =
  | CreatedSignUp
  | { outcome: 'rejected'; reason: RejectionReason }
  | { outcome: 'failed' }
  | { outcome: 'removed' }
  | { outcome: 'deleted' };

export interface CreatedSignUp {
  outcome: 'created';
  user: User;
  welcomeEmail: WelcomeEmail;
  /** Nothing changes any more, unless an operator acts. */
  isSettled: boolean;
}

export interface UserPage {
  users: CreatedSignUp[];
  /**
   * Where the next page starts (`after`); `undefined` on the last page. It comes from the ids that were read: users who
   * are deleted meanwhile shorten a page, and do not end the list.
   */
  next: UserId | undefined;
}
