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
  /** Records that the queue has the operation. */
  accept(key: string, operation: Operation): Promise<void>;
  /** Frees the key of an operation that was refused. */
  forget(key: string): Promise<void>;
}

export const createIdempotencyKeys = (
  redis: Redis,
  { keyPrefix, hash }: { keyPrefix: string; hash: KeyedHash },
): IdempotencyKeys => {
  const recordKey = (key: string) => `${keyPrefix}:idempotency:${hash(key)}`;

  const begin: IdempotencyKeys['begin'] = async (key, newUser, newId) => {
    const bodyHash = hash(JSON.stringify([newUser.name, newUser.email, newUser.locale]));
    const operation: Operation = { id: newId, state: 'pending', bodyHash };
    const set = await redis.set(recordKey(key), JSON.stringify(operation), 'EX', keptSeconds, 'NX');
    if (set === 'OK') return { operation, isNew: true, isSameBody: true };
    const kept = await redis.get(recordKey(key));
    if (kept === null) return begin(key, newUser, newId); // it expired or was freed just now
    const earlier: unknown = JSON.parse(kept);
    Assert(Operation, earlier);
    return { operation: earlier, isNew: false, isSameBody: earlier.bodyHash === bodyHash };
  };

  return {
    begin,
    accept: async (key, operation) => {
      const accepted: Operation = { ...operation, state: 'accepted' };
      await redis.set(recordKey(key), JSON.stringify(accepted), 'KEEPTTL', 'XX');
    },
    forget: async (key) => {
      await redis.del(recordKey(key));
    },
  };
};
