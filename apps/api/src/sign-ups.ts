import { randomUUIDv7 } from 'node:crypto';
import type { SignUpFlow } from '@backend-jobs/jobs';
import type { CreatedSignUp, NewUser, UserId, UserStore } from '@backend-jobs/sign-ups';
import type { IdempotencyKeys } from './idempotency-keys.ts';
import { Problem } from './problem.ts';
import { type FoundSignUp, type SignUpStatus, toFound } from './sign-up-status.ts';

/** Each call fails, with what the connection says, while Redis is away. */
export interface SignUps {
  /**
   * Enqueues a sign-up, and answers its id once Redis has it. Under an idempotency key of its caller it is done once in
   * 24 h, and answers the same id each time.
   *
   * @throws {Problem} `email-taken`, `idempotency-key-reused`
   */
  start(newUser: NewUser, context: SignUpContext): Promise<UserId>;

  /** How far a sign-up is; `undefined` when no such id was accepted, or it was deleted. */
  find(id: UserId): Promise<FoundSignUp | undefined>;

  /** The users in the order of their acceptance; those that come `after` an id. */
  list(page: { after: UserId | undefined; limit: number }): Promise<SignUpStatus[]>;

  /** The users who have this email: one, or none. */
  findByEmail(email: string): Promise<SignUpStatus[]>;

  /** Removes the person, and cancels what has not been done; false when there is no such sign-up, or no longer. */
  delete(id: UserId): Promise<boolean>;
}

interface SignUpContext {
  requestId: string;
  /** The name of the API key. */
  caller: string;
  idempotencyKey: string | undefined;
}

interface Deps {
  users: UserStore;
  flow: SignUpFlow;
  idempotencyKeys: IdempotencyKeys;
}

export const createSignUps = ({ users, flow, idempotencyKeys }: Deps): SignUps => {
  /** `id` may be a sign-up's own: another request under its key can have brought it to its end already. */
  const requireFreeEmail = async ({ email }: NewUser, id: UserId) => {
    const owner = await users.findIdByEmail(email);
    if (owner !== undefined && owner !== id) throw new Problem('email-taken');
  };

  /** A crash can leave a key whose operation is in the queue or not: its next request brings it there. */
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
    // Its job may have come and gone in between; the store would know.
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
      // The job has moved on or is gone, and has told the store before; or it is one of a newer version.
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
      // The mark first: what a job finds that runs meanwhile. The jobs also when the mark was there: a crash may have kept them.
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
