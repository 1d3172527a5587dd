import type { Shard, Shards } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import { createSearchBeforeSplit } from '../shards/before-split.ts';
import { createBucketOf, isOfOneShard } from '../shards/buckets.ts';
import { spreadSignUpStore } from '../shards/spread-sign-up-store.ts';
import { spreadWelcomeEmailLedger } from '../shards/spread-welcome-email-ledger.ts';
import type { SignUpEvents } from '../sign-up-events.ts';
import { limitsOfShard, type SignUpLimits } from '../sign-up-limits.ts';
import type { SignUpStore } from '../sign-up-store.ts';
import type { UserId } from '../user.ts';
import type { WelcomeEmailLedger } from '../welcome-email-ledger.ts';
import { createRedisSignUpStore } from './redis-sign-up-store.ts';
import { createRedisWelcomeEmailLedger } from './redis-welcome-email-ledger.ts';

/** Keeps the sign-ups in Redis, each in the shard of its address. */
export const openRedisStores = (
  shards: Shards<Pick<Shard, 'connection' | 'keyPrefix'>>,
  { hash, limits, events }: { hash: KeyedHash; limits: SignUpLimits; events: SignUpEvents },
): { signUpStore: SignUpStore; welcomeEmails: WelcomeEmailLedger } => {
  const ledgers = shards.map(({ connection, keyPrefix }) =>
    createRedisWelcomeEmailLedger(connection, { keyPrefix, hash }, events),
  );
  const openStore = (isTakenElsewhere?: (id: UserId, email: string) => Promise<boolean>) =>
    shards.map(({ connection, keyPrefix }) =>
      createRedisSignUpStore(
        connection,
        { keyPrefix, hash },
        { limits: limitsOfShard(limits, shards.all.length), events, isTakenElsewhere },
      ),
    );
  if (shards.all.length === 1) return { signUpStore: openStore().first, welcomeEmails: ledgers.first };

  const bucketOf = createBucketOf(hash);
  /**
   * One step can't look into two shards. So two people can get one address in two of them, but only if one of them signed up
   * before the split, and both are made within the time of a look.
   */
  const isTakenElsewhere = async (id: UserId, email: string): Promise<boolean> => {
    const own = stores.of(id);
    const ofAddress = stores.ofBucket(bucketOf(email));
    if (!isOfOneShard(id))
      return own !== stores.first && (await beforeSplit.findIdByEmail(email)) !== undefined;
    beforeSplit.noteUser();
    return ofAddress !== own && (await ofAddress.findIdByEmail(email)) !== undefined;
  };
  const stores = openStore(isTakenElsewhere);
  const beforeSplit = createSearchBeforeSplit(stores.first);
  return {
    signUpStore: spreadSignUpStore(stores, { bucketOf, findBeforeSplit: beforeSplit.findIdByEmail }),
    welcomeEmails: spreadWelcomeEmailLedger(ledgers),
  };
};
