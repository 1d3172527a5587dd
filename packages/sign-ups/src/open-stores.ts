import { createKeyedHash } from '@backend-jobs/runtime';
import type { Redis } from 'ioredis';
import { createRedisSignUpStore } from './redis/redis-sign-up-store.ts';
import { createRedisWelcomeEmailLedger } from './redis/redis-welcome-email-ledger.ts';
import { noEvents, type SignUpEvents } from './sign-up-events.ts';
import { noLimits, type SignUpLimits } from './sign-up-limits.ts';
import type { SignUpStore } from './sign-up-store.ts';
import type { WelcomeEmailLedger } from './welcome-email-ledger.ts';

export interface Stores {
  signUpStore: SignUpStore;
  welcomeEmails: WelcomeEmailLedger;
}

/**
 * The one place where it is chosen what keeps the sign-ups. API, worker and audit call it alike, with the same
 * `hashSecret`: under another one no user is found by email. The caller opens and closes the connection.
 */
export const openStores = (
  connection: Redis,
  options: {
    keyPrefix: string;
    hashSecret: string;
    limits?: SignUpLimits;
    events?: SignUpEvents | undefined;
  },
): Stores => {
  const { keyPrefix, hashSecret, limits = noLimits, events = noEvents } = options;
  const layout = { keyPrefix, hash: createKeyedHash(hashSecret) };
  return {
    signUpStore: createRedisSignUpStore(connection, layout, limits, events),
    welcomeEmails: createRedisWelcomeEmailLedger(connection, layout, events),
  };
};
