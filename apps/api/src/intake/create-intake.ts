import { createSignUpProducer, type QueueShard, spreadSignUpProducer } from '@backend-jobs/jobs';
import type { Shards } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import { createIdMaker, type Stores } from '@backend-jobs/sign-ups';
import { createIdempotencyKeys, spreadIdempotencyKeys } from '../idempotency/idempotency-keys.ts';
import type { Intake, OnAccepted } from './intake.ts';
import { createQueueIntake } from './queue-intake.ts';
import { createStoreIntake } from './store-intake.ts';

/** Chooses where sign-ups wait: in PostgreSQL if it keeps them (`accepted`), or else in the queues. */
export const createIntake = (
  shards: Shards<QueueShard>,
  {
    signUpStore,
    accepted,
    hash,
    onAccepted,
  }: Pick<Stores, 'signUpStore' | 'accepted'> & { hash: KeyedHash; onAccepted?: OnAccepted | undefined },
): Intake => {
  const producer = spreadSignUpProducer(shards.map(({ queues }) => createSignUpProducer(queues)));
  const createId = createIdMaker({ shards: shards.all.length, hash });
  if (accepted) return createStoreIntake({ accepted, producer, hash, createId, onAccepted });
  const keys = shards.map(({ connection, keyPrefix }) =>
    createIdempotencyKeys(connection, { keyPrefix, hash }),
  );
  const idempotencyKeys = spreadIdempotencyKeys(keys, hash);
  return createQueueIntake({ signUpStore, producer, idempotencyKeys, createId, onAccepted });
};
