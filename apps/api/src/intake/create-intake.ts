import type { SignUpProducer } from '@backend-jobs/jobs';
import type { ReplicaFence } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import { type AcceptedSignUps, createAcceptanceCheck, type SignUpStore } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';
import { createIdempotencyKeys } from '../idempotency/idempotency-keys.ts';
import { createFencedIntake } from './fenced-intake.ts';
import type { Intake, OnAccepted } from './intake.ts';
import { createQueueIntake } from './queue-intake.ts';
import { createStoreIntake } from './store-intake.ts';

interface Deps {
  signUpStore: SignUpStore;
  /** Where those that wait are in PostgreSQL. */
  accepted: AcceptedSignUps | undefined;
  connection: Redis;
  keyPrefix: string;
  hash: KeyedHash;
  producer: SignUpProducer;
  onAccepted?: OnAccepted | undefined;
  /** Where a sign-up is accepted only when the replicas of Redis have it, too. */
  untilReplicated?: ReplicaFence | undefined;
}

/** Accepts sign-ups where those that wait are kept: in PostgreSQL, or in the queue. */
export const createIntake = (deps: Deps): Intake => {
  const { connection, keyPrefix, hash, signUpStore, accepted, producer, onAccepted, untilReplicated } = deps;
  const intake = accepted
    ? createStoreIntake({ accepted, producer, hash, onAccepted })
    : createQueueIntake({
        signUpStore,
        producer,
        idempotencyKeys: createIdempotencyKeys(connection, { keyPrefix, hash }),
        requireAcceptance: createAcceptanceCheck(connection, keyPrefix),
        onAccepted,
      });
  return untilReplicated ? createFencedIntake(intake, untilReplicated) : intake;
};
