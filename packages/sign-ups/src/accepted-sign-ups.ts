import type { NewUser, UserId } from './user.ts';

/**
 * The sign-ups that were accepted and wait, where they are kept in the store and not in the queue alone. One that is here
 * is made whatever becomes of the queue: its job is only what makes it soon. An implementation is right when it passes the
 * contract in `test/contracts/`.
 */
export interface AcceptedSignUps {
  /**
   * Accepts a sign-up under the id, unless there is a reason not to, in one atomic step. It is safe when this resolves.
   * When it fails with an outage, the sign-up may have been accepted all the same.
   */
  accept(id: UserId, newUser: NewUser, key?: AcceptanceKey): Promise<Acceptance>;

  /** What the person gave whose sign-up waits or has failed; `undefined` for any other. */
  findWaiting(id: UserId): Promise<WaitingSignUp | undefined>;

  /** A page of those that wait and were accepted at least `ageMs` ago, after `after` in the order of their ids. */
  findQueued(ageMs: number, page: { after: UserId | undefined; limit: number }): Promise<UserId[]>;

  /** Removes what is kept for a time only, and whose time is over. Returns how much that was. */
  removeExpired(): Promise<number>;
}

/** Of an `Idempotency-Key`: hashes of the key, in its scope, and of what was asked for under it. It is kept for 24 hours. */
interface AcceptanceKey {
  hash: string;
  fingerprint: string;
}

export interface WaitingSignUp {
  newUser: NewUser | undefined;
  failed: boolean;
}

export type Acceptance =
  | { kind: 'accepted' }
  /** It was accepted before under the same key, as `id`. */
  | { kind: 'repeated'; id: UserId }
  | { kind: 'key-reused' }
  | { kind: 'email-taken' }
  | { kind: 'too-many-sign-ups'; retryAfterSeconds: number };
