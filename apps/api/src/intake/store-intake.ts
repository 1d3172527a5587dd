import { randomUUIDv7 } from 'node:crypto';
import type { SignUpProducer } from '@backend-jobs/jobs';
import { isOutage } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import type { Acceptance, AcceptedSignUps, UserId } from '@backend-jobs/sign-ups';
import { Problem } from '../problems/problem.ts';
import type { Intake } from './intake.ts';

interface Deps {
  accepted: AcceptedSignUps;
  producer: SignUpProducer;
  hash: KeyedHash;
}

/**
 * Accepts a sign-up into the store, where it is safe, and enqueues its job after that, by its id alone. The job only makes
 * it soon: the reconciler adds the job of one that has none.
 */
export const createStoreIntake = ({ accepted, producer, hash }: Deps): Intake => {
  /** Without Redis the sign-up is accepted all the same. */
  const enqueue = async (id: UserId, requestId: string) => {
    await producer.enqueue(id, undefined, requestId).catch((error: unknown) => {
      if (!isOutage(error)) throw error;
    });
  };

  return {
    start: async (newUser, { requestId, scope, idempotencyKey }) => {
      const id = randomUUIDv7();
      const key = idempotencyKey !== undefined && {
        hash: hash(`${scope} ${idempotencyKey}`),
        fingerprint: hash(JSON.stringify([newUser.name, newUser.email, newUser.locale])),
      };
      const acceptance = await accepted.accept(id, newUser, key || undefined);
      if (acceptance.kind === 'accepted') await enqueue(id, requestId);
      return toId(acceptance, id);
    },

    findWaiting: (id) => accepted.findWaiting(id),

    // Its keys went with it. A job that stays reads that it is deleted.
    cancel: async (id) => {
      await producer.cancel(id).catch((error: unknown) => {
        if (!isOutage(error)) throw error;
      });
    },
  };
};

const toId = (acceptance: Acceptance, id: UserId): UserId => {
  switch (acceptance.kind) {
    case 'accepted':
      return id;
    case 'repeated':
      return acceptance.id;
    case 'key-reused':
      throw new Problem('idempotency-key-reused');
    case 'email-taken':
      throw new Problem('email-taken');
    case 'too-many-sign-ups': {
      const { retryAfterSeconds } = acceptance;
      throw new Problem('too-many-requests', 'Too many sign-ups for this mailbox', { retryAfterSeconds });
    }
  }
};
