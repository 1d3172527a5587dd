import { randomUUIDv7 } from 'node:crypto';
import type { SignUpProducer } from '@backend-jobs/jobs';
import type { CreatedSignUp, NewUser, SignUpStore, UserId } from '@backend-jobs/sign-ups';
import type { IdempotencyKeys } from './idempotency/idempotency-keys.ts';
import { Problem } from './problems/problem.ts';
import { type FoundSignUp, type SignUpStatus, toFound } from './sign-up-status.ts';

/** Each call fails with the connection's error while Redis is away. */
export interface SignUps {
  /**
   * Enqueues a sign-up, and returns its id once Redis has it. With an idempotency key it is done once in 24 h for each
   * scope, and returns the same id each time, unless that sign-up was deleted.
   *
   * @throws {Problem} `email-taken`, `idempotency-key-reused`, `too-many-requests` for its mailbox or domain
   */
  start(newUser: NewUser, context: SignUpContext): Promise<UserId>;

  /** How far a sign-up is; `undefined` if no such id was accepted, or if it was deleted. */
  find(id: UserId): Promise<FoundSignUp | undefined>;

  /** The users in the order of their acceptance, from `after` on. The last page has no `nextCursor`. */
  list(page: { after: UserId | undefined; limit: number }): Promise<SignUpPage>;

  /** The users who have this email: one, or none. */
  findByEmail(email: string): Promise<SignUpStatus[]>;

  /** Removes the person, and cancels what has not been done. Returns `false` if there is no such sign-up any more. */
  delete(id: UserId): Promise<boolean>;
}

interface SignUpPage {
  users: SignUpStatus[];
  nextCursor?: UserId;
}

interface SignUpContext {
  requestId: string;
  /** Whose idempotency key it is: the same key in another scope is another one. */
  scope: string;
  idempotencyKey: string | undefined;
}

interface Deps {
  signUpStore: SignUpStore;
  producer: SignUpProducer;
  idempotencyKeys: IdempotencyKeys;
  /** Called for each request that was accepted. A replay, of an idempotency key, is one of a sign-up that is counted. */
  onAccepted?: ((accepted: { isReplay: boolean }) => void) | undefined;
}

export const createSignUps = ({
  signUpStore,
  producer,
  idempotencyKeys,
  onAccepted = () => {},
}: Deps): SignUps => {
  /** The owner may be this sign-up itself, when another request under its key has been faster. */
  const requireFreeEmail = async ({ email }: NewUser, id: UserId) => {
    const [owner, retryAfterSeconds] = await Promise.all([
      signUpStore.findIdByEmail(email),
      signUpStore.secondsUntilAllowed(email),
    ]);
    if (owner !== undefined && owner !== id) throw new Problem('email-taken');
    if (retryAfterSeconds > 0 && owner === undefined)
      throw new Problem('too-many-requests', 'Too many sign-ups for this mailbox', { retryAfterSeconds });
  };

  /** A crash can leave a key whose sign-up may not be in the queue: the next request under the key enqueues it. */
  const startOnce = async (key: string, newUser: NewUser, requestId: string): Promise<UserId> => {
    const { operation, isNew, isSameBody } = await idempotencyKeys.begin(key, newUser, randomUUIDv7());
    const { id, state } = operation;
    // Deleting frees the key as its last step, which a crash can leave out.
    if (!isNew && (await signUpStore.find(id))?.outcome === 'deleted') {
      await idempotencyKeys.free(key, operation);
      return startOnce(key, newUser, requestId);
    }
    if (!isSameBody) throw new Problem('idempotency-key-reused');
    if (state === 'accepted') {
      onAccepted({ isReplay: true });
      return id;
    }
    if (isNew) {
      await requireFreeEmail(newUser, id).catch(async (error: unknown) => {
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
    start: async (newUser, { requestId, scope, idempotencyKey }) => {
      if (idempotencyKey !== undefined) return startOnce(`${scope} ${idempotencyKey}`, newUser, requestId);
      const id = randomUUIDv7();
      await requireFreeEmail(newUser, id);
      await producer.enqueue(id, newUser, requestId);
      onAccepted({ isReplay: false });
      return id;
    },

    find: async (id) => {
      const signUp = await signUpStore.find(id);
      if (signUp && signUp.outcome !== 'failed') return toFound(id, signUp);
      const job = await producer.find(id);
      if (job?.newUser) return toWaiting(id, job);
      // The job has moved on, and recorded its outcome before; or a newer version wrote it.
      const decided = await signUpStore.find(id);
      return decided ? toFound(id, decided) : job && toWaiting(id, job);
    },

    list: async (page) => {
      const { users, next } = await signUpStore.list(page);
      return { users: users.map(toStatus), ...(next !== undefined && { nextCursor: next }) };
    },

    findByEmail: async (email) => {
      const id = await signUpStore.findIdByEmail(email);
      const signUp = id && (await signUpStore.find(id));
      return signUp && signUp.outcome === 'created' ? [toStatus(signUp)] : [];
    },

    delete: async (id) => {
      if (!(await signUpStore.find(id)) && !(await producer.find(id))) return false;
      // The mark first, since a job that runs meanwhile reads it. The jobs are removed even if the mark was there before:
      // the process that set it may have crashed.
      const isDeleted = await signUpStore.delete(id);
      await producer.cancel(id);
      await idempotencyKeys.remove(id);
      return isDeleted;
    },
  };
};

const toStatus = ({ user, welcomeEmail }: CreatedSignUp): SignUpStatus => ({
  status: 'created',
  ...user,
  welcomeEmail,
});

const toWaiting = (id: UserId, job: { newUser: NewUser | undefined; failed: boolean }): FoundSignUp => ({
  status: { id, status: job.failed ? 'failed' : 'queued', ...job.newUser },
  isSettled: job.failed,
});
