import type { NewUser, UserId, WaitingSignUp } from '@backend-jobs/sign-ups';

interface IdempotencyKey {
  key: string;
  /** Whose it is: the same key in another scope is another one. */
  scope: string;
}

interface SignUpContext {
  requestId: string;
  idempotencyKey: IdempotencyKey | undefined;
  /** Rejects when the caller has sent too many requests. Until it resolves, nothing is accepted, only looked up. */
  withinLimit?: Promise<void> | undefined;
}

/** Called for each request that was accepted. A replay, of an idempotency key, is one of a sign-up that is counted. */
export type OnAccepted = (accepted: { isReplay: boolean }) => void;

/** How sign-ups are accepted, and where they wait. */
export interface Intake {
  /**
   * Accepts a sign-up, and returns its id once it is kept. With an idempotency key that is done once in 24 h for each scope,
   * and returns the same id each time, unless that sign-up was deleted.
   *
   * @throws {Problem} `email-taken`, `idempotency-key-reused`, `too-many-requests` for its mailbox or domain
   * @throws whatever `withinLimit` rejects with
   */
  start(newUser: NewUser, context: SignUpContext): Promise<UserId>;

  /** A sign-up that waits, or has failed. */
  findWaiting(id: UserId): Promise<WaitingSignUp | undefined>;

  /** Removes what is left of a sign-up that the store has marked as deleted: its jobs, and its idempotency key. */
  cancel(id: UserId): Promise<void>;
}
