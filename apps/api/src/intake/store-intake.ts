import type { SignUpProducer } from '@backend-jobs/jobs';
import { isOutage } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import type { Acceptance, AcceptedSignUps, UserId } from '@backend-jobs/sign-ups';
import { Problem } from '../problems/problem.ts';
import type { Intake, OnAccepted } from './intake.ts';

interface Deps {
  accepted: AcceptedSignUps;
  producer: SignUpProducer;
  hash: KeyedHash;
  createId: (email: string) => UserId;
  onAccepted?: OnAccepted | undefined;
}

/**
 * Accepts a sign-up into the store, where it is safe, and enqueues its job after that, by its id alone. The job only makes
 * it soon: the reconciler adds the job of one that has none.
 */
export const createStoreIntake = ({
  accepted,
  producer,
  hash,
  createId,
  onAccepted = () => {},
}: Deps): Intake => {
  /** Without Redis the sign-up is accepted all the same. */
  const enqueue = (id: UserId, requestId: string) =>
    producer.enqueue(id, undefined, requestId).catch(ignoreOutage);

  const isQueued = async (id: UserId) => (await accepted.findWaiting(id))?.failed === false;

  return {
    start: async (newUser, { requestId, idempotencyKey, withinLimit }) => {
      await withinLimit;
      const id = createId(newUser.email);
      const key = idempotencyKey && {
        hash: hash(`${idempotencyKey.scope} ${idempotencyKey.key}`),
        fingerprint: hash(JSON.stringify([newUser.name, newUser.email, newUser.locale])),
      };
      const acceptance = await accepted.accept(id, newUser, key);
      const acceptedId = toId(acceptance, id);
      onAccepted({ isReplay: acceptance.kind === 'repeated' });
      // One that was accepted before may have no job, if that process died or Redis was away.
      const isLeft = acceptance.kind === 'repeated' && (await isQueued(acceptedId));
      if (acceptance.kind === 'accepted' || isLeft) await enqueue(acceptedId, requestId);
      return acceptedId;
    },

    findWaiting: async (id) => {
      const waiting = await accepted.findWaiting(id);
      if (!waiting?.failed) return waiting;
      // An operator may have had it tried again.
      const job = await producer.find(id).catch(ignoreOutage);
      return { ...waiting, failed: job?.failed ?? true };
    },

    // Its keys went with it. A job that stays reads that it is deleted.
    cancel: (id) => producer.cancel(id).catch(ignoreOutage),
  };
};

const ignoreOutage = (error: unknown): undefined => {
  if (!isOutage(error)) throw error;
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
