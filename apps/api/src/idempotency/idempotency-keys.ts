import { bucketOfHash, defineScript, type Shards } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import { type NewUser, UserId } from '@backend-jobs/sign-ups';
import { type Static, Type } from '@sinclair/typebox';
import { Assert } from '@sinclair/typebox/value';
import type { Redis } from 'ioredis';

const keptSeconds = 24 * 60 * 60;

/** A sign-up that was requested under a key. It is in the queue if it is `accepted`, and may be if it is `pending`. */
const Operation = Type.Object({
  id: UserId,
  state: Type.Union([Type.Literal('pending'), Type.Literal('accepted')]),
  bodyHash: Type.String(),
});
type Operation = Static<typeof Operation>;

/**
 * The operations of the last 24 hours, by their `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). They are
 * stored with hashes of the key and of the body only.
 */
export interface IdempotencyKeys {
  /**
   * Returns the operation of `key`. If there is none it makes one with the id `newId`; of several requests at once only
   * one gets `isNew`. `isSameBody` says whether the operation was requested with this body.
   */
  begin(
    key: string,
    newUser: NewUser,
    newId: UserId,
  ): Promise<{ operation: Operation; isNew: boolean; isSameBody: boolean }>;
  /** Records that the queue has the operation. Returns whether nobody had recorded that before. */
  accept(key: string, operation: Operation): Promise<boolean>;
  /** Frees the key of an operation that was refused or deleted, unless another operation has the key by now. */
  free(key: string, operation: Operation): Promise<void>;
  /** Removes the operation `id`, and with it the hash of the person's details, and frees its key. */
  remove(id: UserId): Promise<void>;
}

const beginOperation = defineScript(new URL('./begin-operation.lua', import.meta.url), {
  keys: ['record', 'recordOfId'],
  args: ['operation', 'keptS'],
});
const updateOperation = defineScript(new URL('./update-operation.lua', import.meta.url), {
  keys: ['record', 'recordOfId'],
  args: ['id', 'operation'],
});

export const createIdempotencyKeys = (
  redis: Redis,
  { keyPrefix, hash }: { keyPrefix: string; hash: KeyedHash },
): IdempotencyKeys => {
  const begin = beginOperation(redis);
  const update = updateOperation(redis);
  const recordOfId = (id: UserId) => `${keyPrefix}:idempotency-of:${id}`;
  const keysOf = (key: string, id: UserId) => ({
    record: `${keyPrefix}:idempotency:${hash(key)}`,
    recordOfId: recordOfId(id),
  });

  return {
    begin: async (key, newUser, newId) => {
      const bodyHash = hash(JSON.stringify([newUser.name, newUser.email, newUser.locale]));
      const operation: Operation = { id: newId, state: 'pending', bodyHash };
      const args = { operation: JSON.stringify(operation), keptS: keptSeconds };
      const kept = await begin({ keys: keysOf(key, newId), args });
      if (kept === null) return { operation, isNew: true, isSameBody: true };
      const earlier: unknown = JSON.parse(String(kept));
      Assert(Operation, earlier);
      return { operation: earlier, isNew: false, isSameBody: earlier.bodyHash === bodyHash };
    },

    accept: async (key, operation) => {
      const accepted: Operation = { ...operation, state: 'accepted' };
      const args = { id: operation.id, operation: JSON.stringify(accepted) };
      return (await update({ keys: keysOf(key, operation.id), args })) === 'pending';
    },

    free: async (key, { id }) => {
      await update({ keys: keysOf(key, id), args: { id, operation: '' } });
    },

    remove: async (id) => {
      const record = await redis.get(recordOfId(id));
      if (record === null) return;
      await update({ keys: { record, recordOfId: recordOfId(id) }, args: { id, operation: '' } });
    },
  };
};

/**
 * The operations of several shards, each of which has those of some keys. The shard is that of the key, and not that of the
 * sign-up: the same key with another address has to be found, too.
 */
export const spreadIdempotencyKeys = (shards: Shards<IdempotencyKeys>, hash: KeyedHash): IdempotencyKeys => {
  if (shards.all.length === 1) return shards.first;
  const of = (key: string) => shards.ofBucket(bucketOfHash(hash(key)));
  return {
    begin: (key, newUser, newId) => of(key).begin(key, newUser, newId),
    accept: (key, operation) => of(key).accept(key, operation),
    free: (key, operation) => of(key).free(key, operation),
    // Which key it had is not known any more.
    remove: async (id) => {
      await Promise.all(shards.all.map((keys) => keys.remove(id)));
    },
  };
};
