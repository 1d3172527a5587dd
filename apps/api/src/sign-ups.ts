import { isOutage, type SignUpFlow } from '@backend-jobs/jobs';
import {
  type NewUser,
  oneOf,
  RejectionReason,
  type SignUp,
  User,
  UserId,
  type UserStore,
  WelcomeEmail,
} from '@backend-jobs/users';
import { type Static, Type } from '@sinclair/typebox';
import { v7 as uuidv7 } from 'uuid';
import type { IdempotencyKeys } from './idempotency-keys.ts';
import { Problem } from './problem.ts';

/** What a client sees of a sign-up. The person's details are there while the service has them. */
export const SignUpStatus = Type.Object(
  {
    id: UserId,
    status: oneOf(['queued', 'created', 'rejected', 'failed']),
    reason: Type.Optional(RejectionReason),
    ...Type.Partial(Type.Omit(User, ['id'])).properties,
    welcomeEmail: Type.Optional(WelcomeEmail),
  },
  { description: 'How far it is' },
);
export type SignUpStatus = Static<typeof SignUpStatus>;

/** `isSettled`: nothing will change by itself. */
export interface FoundSignUp {
  status: SignUpStatus;
  isSettled: boolean;
}

export interface SignUps {
  /**
   * Enqueues a sign-up, and answers its id once Redis has it. Under an idempotency key it is done once in 24 h, and
   * answers the same id each time.
   *
   * @throws {Problem} `email-taken`, `idempotency-key-reused`, `unavailable`
   */
  start(
    newUser: NewUser,
    context: { requestId: string; idempotencyKey: string | undefined },
  ): Promise<UserId>;
  /** How far a sign-up is; `undefined` when no such id was accepted. @throws {Problem} `unavailable` */
  find(id: UserId): Promise<FoundSignUp | undefined>;
}

interface Deps {
  users: UserStore;
  flow: SignUpFlow;
  idempotencyKeys: IdempotencyKeys;
}

export const createSignUps = ({ users, flow, idempotencyKeys }: Deps): SignUps => {
  /** `id` may be a sign-up's own: another request under its key can have brought it to its end already. */
  const requireFreeEmail = async ({ email }: NewUser, id: UserId) => {
    const owner = await reach(users.findIdByEmail(email));
    if (owner !== undefined && owner !== id) throw new Problem('email-taken');
  };

  /** A crash can leave a key whose operation is in the queue or not: its next request brings it there. */
  const startOnce = async (key: string, newUser: NewUser, requestId: string): Promise<UserId> => {
    const { operation, isNew, isSameBody } = await reach(idempotencyKeys.begin(key, newUser, uuidv7()));
    const { id, state } = operation;
    if (!isSameBody) throw new Problem('idempotency-key-reused');
    if (state === 'accepted') return id;
    if (isNew) {
      await requireFreeEmail(newUser, id).catch(async (problem: Problem) => {
        if (problem.kind === 'email-taken') await reach(idempotencyKeys.forget(key));
        throw problem;
      });
    }
    // Its job may have come and gone in between; the store would know.
    if (!(await reach(users.find(id)))) await reach(flow.start(id, newUser, requestId));
    await reach(idempotencyKeys.accept(key, operation));
    return id;
  };

  return {
    start: async (newUser, { requestId, idempotencyKey }) => {
      if (idempotencyKey !== undefined) return startOnce(idempotencyKey, newUser, requestId);
      const id = uuidv7();
      await requireFreeEmail(newUser, id);
      await reach(flow.start(id, newUser, requestId));
      return id;
    },

    find: async (id) => {
      const signUp = await reach(users.find(id));
      if (signUp && signUp.outcome !== 'failed') return toFound(id, signUp);
      const job = await reach(flow.find(id));
      if (job?.newUser) return toWaiting(id, job);
      // The job has moved on or is gone, and has told the store before; or it is one of a newer version.
      return toFound(id, await reach(users.find(id))) ?? (job && toWaiting(id, job));
    },
  };
};

/** Between a client and its sign-up stands Redis alone. */
const reach = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
  try {
    return await answer;
  } catch (cause) {
    if (!isOutage(cause)) throw cause;
    throw new Problem('unavailable', 'The queue cannot be reached. Try again in a moment.', { cause });
  }
};

const toWaiting = (id: UserId, job: { newUser: NewUser | undefined; failed: boolean }): FoundSignUp => ({
  status: { id, status: job.failed ? 'failed' : 'queued', ...job.newUser },
  isSettled: job.failed,
});

const toFound = (id: UserId, signUp: SignUp | undefined): FoundSignUp | undefined => {
  switch (signUp?.outcome) {
    case 'created': {
      const { user, welcomeEmail, isSettled } = signUp;
      return { status: { status: 'created', ...user, welcomeEmail }, isSettled };
    }
    case 'rejected':
      return { status: { id, status: 'rejected', reason: signUp.reason }, isSettled: true };
    case 'failed':
      return { status: { id, status: 'failed' }, isSettled: true };
    default:
      return undefined;
  }
};
