import type { KeyedHash } from '@backend-jobs/runtime';
import type { NewUser, UserId } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';

const keptSeconds = 24 * 60 * 60;

/** What was asked for under a key. Only an `accepted` one is known to be in the queue; a `pending` one may be. */
interface Operation {
  id: UserId;
  state: 'pending' | 'accepted';
  bodyHash: string;
}

/**
 * The operations of the last 24 h by their `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). Neither the key
 * nor the body can be read from what is kept.
 */
export interface IdempotencyKeys {
  /**
   * The operation of `key`, a new one if there was none: then it gets `newId`, and `isNew` is true for one caller
   * alone. `isSameBody` tells whether it was asked for with this body.
   */
  begin(
    key: string,
    newUser: NewUser,
    newId: UserId,
  ): Promise<{ operation: Operation; isNew: boolean; isSameBody: boolean }>;
  /** The queue has it. */
  accept(key: string, operation: Operation): Promise<void>;
  /** It was refused: the key may be used again. */
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
    if (kept === null) return begin(key, newUser, newId); // it has just expired, or was forgotten
    const earlier = JSON.parse(kept) as Operation;
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
