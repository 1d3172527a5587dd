import { randomUUIDv7 } from 'node:crypto';
import { bucketOfHash } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import { mailboxOf } from '../mailbox.ts';
import type { UserId } from '../user.ts';

/**
 * Returns the bucket of an address, which decides the shard of its sign-up. It is that of the mailbox: all addresses of one
 * mailbox are in one shard, which so can count them.
 */
export const createBucketOf =
  (hash: KeyedHash) =>
  (email: string): number =>
    bucketOfHash(hash(mailboxOf(email)));

/**
 * Makes the ids of sign-ups. Where there is one shard they are UUIDv7. Where there are more, they are UUIDv8 (RFC 9562, 5.8)
 * of the same layout, of which the last 12 bits are the bucket of the address: whoever has an id knows the shard. Both sort
 * by their time.
 */
export const createIdMaker =
  ({ shards, hash }: { shards: number; hash: KeyedHash }): ((email: string) => UserId) =>
  (email) => {
    const id = randomUUIDv7();
    if (shards === 1) return id;
    const bucket = createBucketOf(hash)(email).toString(16).padStart(3, '0');
    return `${id.slice(0, 14)}8${id.slice(15, -3)}${bucket}`;
  };

/** Whether the id was given while there was one shard. */
export const isOfOneShard = (id: UserId): boolean => id[14] === '7';
