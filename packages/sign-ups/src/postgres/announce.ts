import type { Redis } from 'ioredis';
import { createRecordKey } from '../redis/keys.ts';
import type { UserId } from '../user.ts';

/** Says that what the store has of a sign-up may have changed. Call it after the change is committed. */
export type Announce = (id: UserId) => void;

/**
 * Tells those who listen to Redis, as the scripts do that change what Redis keeps. It is not waited for, and nothing is
 * lost with it: who follows a sign-up looks again now and then in any case.
 */
export const createAnnounce = (connection: Redis, keyPrefix: string): Announce => {
  const channelOf = createRecordKey(keyPrefix);
  return (id) => {
    connection.publish(channelOf(id), '').catch(() => {});
  };
};
