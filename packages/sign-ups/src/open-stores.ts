import type { Database } from '@backend-jobs/postgres';
import type { Shard, Shards } from '@backend-jobs/redis';
import { createKeyedHash } from '@backend-jobs/runtime';
import type { AcceptedSignUps } from './accepted-sign-ups.ts';
import { createAnnounce } from './postgres/announce.ts';
import { createLimitKeys } from './postgres/limit-keys.ts';
import { createPostgresAcceptedSignUps } from './postgres/postgres-accepted-sign-ups.ts';
import { createPostgresSignUpStore } from './postgres/postgres-sign-up-store.ts';
import { createPostgresWelcomeEmailLedger } from './postgres/postgres-welcome-email-ledger.ts';
import { openRedisStores } from './redis/open-redis-stores.ts';
import { noEvents, type SignUpEvents } from './sign-up-events.ts';
import { noLimits, type SignUpLimits } from './sign-up-limits.ts';
import type { SignUpStore } from './sign-up-store.ts';
import type { WelcomeEmailLedger } from './welcome-email-ledger.ts';

export interface Stores {
  signUpStore: SignUpStore;
  welcomeEmails: WelcomeEmailLedger;
  /** `undefined` where those that wait are in the queue alone. */
  accepted?: AcceptedSignUps | undefined;
}

interface StoreOptions {
  hashSecret: string;
  limits?: SignUpLimits;
  database?: Database | undefined;
  events?: SignUpEvents | undefined;
}

/**
 * The one place where it is chosen what keeps the sign-ups: PostgreSQL if there is a `database`, or else Redis. API,
 * worker and audit call it alike, with the same `hashSecret`: under another one Redis finds no user by email. The caller
 * opens and closes the connections.
 */
export const openStores = (
  shards: Shards<Pick<Shard, 'connection' | 'keyPrefix'>>,
  { hashSecret, limits = noLimits, events = noEvents, database }: StoreOptions,
): Stores => {
  const hash = createKeyedHash(hashSecret);
  if (database) {
    const announce = createAnnounce(shards);
    const limitKeysOf = createLimitKeys(limits, hash);
    return {
      signUpStore: createPostgresSignUpStore(database, { limitKeysOf, announce, events, limits }),
      welcomeEmails: createPostgresWelcomeEmailLedger(database, announce, events),
      accepted: createPostgresAcceptedSignUps(database, limitKeysOf),
    };
  }
  return openRedisStores(shards, { hash, limits, events });
};
