import { randomUUIDv7 } from 'node:crypto';
import type { SignUpFlow } from '@backend-jobs/jobs';
import type { CreatedSignUp, NewUser, UserId, UserStore } from '@backend-jobs/sign-ups';
import type { IdempotencyKeys } from './idempotency-keys.ts';
import { Problem } from './problems/problem.ts';
import { type FoundSignUp, type SignUpStatus, toFound } from './sign-up-status.ts';

/** What the routes do with sign-ups. While Redis is away each call rejects with the error of the connection. */
export interface SignUps {
  /**
   * Queues a sign-up and returns its id as soon as Redis has it. Repeated within 24 hours under the same idempotency key
   * of the same caller, it queues nothing and returns the same id.
   *
   * @throws {Problem} `email-taken`, `idempotency-key-reused`
   */
  start(newUser: NewUser, context: SignUpContext): Promise<UserId>;

  /** How far a sign-up is. Returns `undefined` if its id was never accepted, or if it was deleted. */
  find(id: UserId): Promise<FoundSignUp | undefined>;

  /** Up to `limit` users in the order in which they were accepted, starting behind the id `after`. */
  list(page: { after: UserId | undefined; limit: number }): Promise<SignUpStatus[]>;

  /** The user with this email address, in a list; an empty list if there is none. */
  findByEmail(email: string): Promise<SignUpStatus[]>;

  /** Deletes the person and cancels what has not been done yet. Returns `false` if there is no such sign-up. */
  delete(id: UserId): Promise<boolean>;
}

interface SignUpContext {
  requestId: string;
  /** The name of the API key that the request came with; empty without one. */
  caller: string;
  idempotencyKey: string | undefined;
}

interface Deps {
  users: UserStore;
  flow: SignUpFlow;
  idempotencyKeys: IdempotencyKeys;
}

export const createSignUps = ({ users, flow, idempotencyKeys }: Deps): SignUps => {
  /** An email that belongs to `id` is free: another request under the same key may have made that user already. */
  const requireFreeEmail = async ({ email }: NewUser, id: UserId) => {
    const owner = await users.findIdByEmail(email);
    if (owner !== undefined && owner !== id) throw new Problem('email-taken');
  };

  /**
   * A process that crashes can leave a key whose operation is `pending`, with its job in the queue or not. The next
   * request under that key queues it.
   */
  const startOnce = async (key: string, newUser: NewUser, requestId: string): Promise<UserId> => {
    const { operation, isNew, isSameBody } = await idempotencyKeys.begin(key, newUser, randomUUIDv7());
    const { id, state } = operation;
    if (!isSameBody) throw new Problem('idempotency-key-reused');
    if (state === 'accepted') return id;
    if (isNew) {
      await requireFreeEmail(newUser, id).catch(async (error: unknown) => {
        if (error instanceof Problem) await idempotencyKeys.forget(key);
        throw error;
      });
    }
    // The job of an earlier request may have run and been removed since. Then the store has its outcome.
    if (!(await users.find(id))) await flow.start(id, newUser, requestId);
    await idempotencyKeys.accept(key, operation);
    return id;
  };

  return {
    start: async (newUser, { requestId, caller, idempotencyKey }) => {
      if (idempotencyKey !== undefined) return startOnce(`${caller} ${idempotencyKey}`, newUser, requestId);
      const id = randomUUIDv7();
      await requireFreeEmail(newUser, id);
      await flow.start(id, newUser, requestId);
      return id;
    },

    find: async (id) => {
      const signUp = await users.find(id);
      if (signUp && signUp.outcome !== 'failed') return toFound(id, signUp);
      const job = await flow.find(id);
      if (job?.newUser) return toWaiting(id, job);
      // Either the job has written its outcome to the store since the first look, or a newer version queued it.
      const decided = await users.find(id);
      return decided ? toFound(id, decided) : job && toWaiting(id, job);
    },

    list: async (page) => (await users.list(page)).map(toStatus),

    findByEmail: async (email) => {
      const id = await users.findIdByEmail(email);
      const signUp = id && (await users.find(id));
      return signUp && signUp.outcome === 'created' ? [toStatus(signUp)] : [];
    },

    delete: async (id) => {
      if (!(await users.find(id)) && !(await flow.find(id))) return false;
      // First the mark in the store, which a job that runs meanwhile finds. The jobs are removed even if the mark was
      // there already: an earlier call may have crashed in between.
      const isDeleted = await users.delete(id);
      await flow.cancel(id);
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
