import type { Shards } from '@backend-jobs/redis';
import type { UserId } from './user.ts';

/** Says when to look at a sign-up again. */
export interface SignUpChanges {
  /**
   * Calls `look` whenever what the store has of the sign-up may have changed, and once when that is known to be noticed:
   * what was read before may be out of date by then. A change can go unnoticed where a connection is lost or rights are
   * missing, so `look` is called at least every 15 s in any case, and every second while changes can't be noticed.
   *
   * @returns a function that ends it
   */
  follow(id: UserId, look: () => void): () => void;
}

/** The changes of several shards, each of which tells its own. */
export const spreadSignUpChanges = (changes: Shards<SignUpChanges>): SignUpChanges => ({
  follow: (id, look) => changes.of(id).follow(id, look),
});
