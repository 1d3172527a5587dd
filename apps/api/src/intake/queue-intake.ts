import type { SignUpProducer } from '@backend-jobs/jobs';
import type { NewUser, SignUpStore, UserId } from '@backend-jobs/sign-ups';
import type { IdempotencyKeys } from '../idempotency/idempotency-keys.ts';
import { Problem } from '../problems/problem.ts';
import type { Intake, OnAccepted } from './intake.ts';

interface Deps {
  signUpStore: SignUpStore;
  producer: SignUpProducer;
  idempotencyKeys: IdempotencyKeys;
  createId: (email: string) => UserId;
  /** Rejects when Redis accepts no sign-ups any more, because the users have moved to PostgreSQL. */
  requireAcceptance: () => Promise<void>;
  onAccepted?: OnAccepted | undefined;
}

interface Once {
  requestId: string;
  isFree: Promise<void>;
}

/** What is waited for later may fail meanwhile. */
const ask = (answer: Promise<void>): Promise<void> => {
  answer.catch(() => {});
  return answer;
};

/** Accepts a sign-up by enqueuing its job, which has the person's details: Redis keeps everything. */
export const createQueueIntake = ({
  signUpStore,
  producer,
  idempotencyKeys,
  createId,
  requireAcceptance,
  onAccepted = () => {},
}: Deps): Intake => {
  /** The owner may be `id` itself, when another request under its key has been faster. */
  const requireFreeEmail = async (email: string, id?: UserId) => {
    const { ownerId, retryAfterSeconds } = await signUpStore.availabilityOf(email);
    if (ownerId !== undefined && ownerId !== id) throw new Problem('email-taken');
    if (retryAfterSeconds > 0 && ownerId === undefined)
      throw new Problem('too-many-requests', 'Too many sign-ups for this mailbox', { retryAfterSeconds });
  };

  /**
   * `isFree` rejects when the email has a user, which may be that of an earlier request under the key. A crash can leave a
   * key whose sign-up may not be in the queue: the next request under the key enqueues it.
   */
  const startOnce = async (key: string, newUser: NewUser, { requestId, isFree }: Once): Promise<UserId> => {
    const { operation, isNew, isSameBody } = await idempotencyKeys.begin(
      key,
      newUser,
      createId(newUser.email),
    );
    const { id, state } = operation;
    // Deleting frees the key as its last step, which a crash can leave out.
    if (!isNew && (await signUpStore.find(id))?.outcome === 'deleted') {
      await idempotencyKeys.free(key, operation);
      return startOnce(key, newUser, { requestId, isFree: ask(requireFreeEmail(newUser.email)) });
    }
    if (!isSameBody) throw new Problem('idempotency-key-reused');
    if (state === 'accepted') {
      onAccepted({ isReplay: true });
      return id;
    }
    if (isNew) {
      // It was asked before the key was begun. Who had the email then may be the user of an earlier request under the key,
      // and deleted by now.
      const isStillFree = isFree.catch(() => requireFreeEmail(newUser.email, id));
      await isStillFree.catch(async (error: unknown) => {
        if (error instanceof Problem) await idempotencyKeys.free(key, operation);
        throw error;
      });
    }
    // Its job may have run and gone in between; then the store has its outcome.
    if (!(await signUpStore.find(id))) await producer.enqueue(id, newUser, requestId);
    onAccepted({ isReplay: !(await idempotencyKeys.accept(key, operation)) });
    return id;
  };

  return {
    start: async (newUser, { requestId, idempotencyKey, withinLimit }) => {
      // One wait for all that Redis has to say. The limit comes first in the answer, as it does in Redis.
      const isFree = ask(requireFreeEmail(newUser.email));
      const isAccepting = ask(requireAcceptance());
      await withinLimit;
      await isAccepting;
      if (idempotencyKey) {
        const { scope, key } = idempotencyKey;
        return startOnce(`${scope} ${key}`, newUser, { requestId, isFree });
      }
      await isFree;
      const id = createId(newUser.email);
      await producer.enqueue(id, newUser, requestId);
      onAccepted({ isReplay: false });
      return id;
    },

    findWaiting: (id) => producer.find(id),

    cancel: async (id) => {
      await producer.cancel(id);
      await idempotencyKeys.remove(id);
    },
  };
};
