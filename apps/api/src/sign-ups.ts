import type { SignUpFlow } from '@backend-jobs/jobs';
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
import { Problem } from './problem.ts';

/** What a client sees of a sign-up. The person's details are there while the service has them. */
export const SignUpStatus = Type.Object({
  id: UserId,
  status: oneOf(['queued', 'created', 'rejected', 'failed']),
  reason: Type.Optional(RejectionReason),
  ...Type.Partial(Type.Omit(User, ['id'])).properties,
  welcomeEmail: Type.Optional(WelcomeEmail),
});
export type SignUpStatus = Static<typeof SignUpStatus>;

export interface SignUps {
  /** Enqueues a sign-up, and answers its id once Redis has it. @throws {Problem} `email-taken`, `unavailable` */
  start(newUser: NewUser, requestId: string): Promise<UserId>;
  /** How far a sign-up is; `undefined` when no such id was accepted. @throws {Problem} `unavailable` */
  find(id: UserId): Promise<SignUpStatus | undefined>;
}

export const createSignUps = ({ users, flow }: { users: UserStore; flow: SignUpFlow }): SignUps => ({
  start: async (newUser, requestId) => {
    if (await reach(users.findIdByEmail(newUser.email))) throw new Problem('email-taken');
    return reach(flow.start(newUser, requestId));
  },

  find: async (id) => {
    const signUp = await reach(users.find(id));
    if (signUp && signUp.outcome !== 'failed') return toStatus(id, signUp);
    const job = await reach(flow.find(id));
    if (job?.newUser) return { id, status: job.failed ? 'failed' : 'queued', ...job.newUser };
    // The job has moved on or is gone, and has told the store before.
    return toStatus(id, await reach(users.find(id)));
  },
});

/** Between a client and its sign-up stands Redis alone: what fails on the way there is that it can't be reached. */
const reach = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
  try {
    return await answer;
  } catch (cause) {
    throw new Problem('unavailable', 'The queue cannot be reached. Try again in a moment.', { cause });
  }
};

const toStatus = (id: UserId, signUp: SignUp | undefined): SignUpStatus | undefined => {
  switch (signUp?.outcome) {
    case 'created':
      return { status: 'created', ...signUp.user, welcomeEmail: signUp.welcomeEmail };
    case 'rejected':
      return { id, status: 'rejected', reason: signUp.reason };
    case 'failed':
      return { id, status: 'failed' };
    default:
      return undefined;
  }
};
