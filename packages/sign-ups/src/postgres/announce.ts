import type { Shard, Shards } from '@backend-jobs/redis';
import { createRecordKey } from '../redis/keys.ts';
import type { UserId } from '../user.ts';

/** Says that what the store has of a sign-up may have changed. Call it after the change is committed. */
export type Announce = (id: UserId) => void;

/**
 * Tells those who listen to Redis, as the scripts do that change what Redis keeps. It is not waited for, and nothing is
 * lost with it: who follows a sign-up looks again now and then in any case.
 */
export const createAnnounce =
  (shards: Shards<Pick<Shard, 'connection' | 'keyPrefix'>>): Announce =>
  (id) => {
    const { connection, keyPrefix } = shards.of(id);
    connection.publish(createRecordKey(keyPrefix)(id), '').catch(() => {});
  };
