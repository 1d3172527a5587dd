import type { CreatedSignUp, SignUpStore, UserId, WaitingSignUp } from '@backend-jobs/sign-ups';
import type { Intake } from './intake/intake.ts';
import { type FoundSignUp, type SignUpStatus, toFound } from './sign-up-status.ts';

/** Each call fails with the connection's error while what keeps the sign-ups is away. */
export interface SignUps {
  start: Intake['start'];

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

export const createSignUps = (signUpStore: SignUpStore, intake: Intake): SignUps => {
  return {
    start: intake.start,

    find: async (id) => {
      const signUp = await signUpStore.find(id);
      if (signUp && signUp.outcome !== 'failed') return toFound(id, signUp);
      const waiting = await intake.findWaiting(id);
      if (waiting?.newUser) return toWaiting(id, waiting);
      // It waits no longer, and its outcome was recorded before; or a newer version wrote it.
      const decided = await signUpStore.find(id);
      return decided ? toFound(id, decided) : waiting && toWaiting(id, waiting);
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
      if (!(await signUpStore.find(id)) && !(await intake.findWaiting(id))) return false;
      // The mark first, since a job that runs meanwhile reads it. The jobs are removed even if the mark was there before:
      // the process that set it may have crashed.
      const isDeleted = await signUpStore.delete(id);
      await intake.cancel(id);
      return isDeleted;
    },
  };
};

const toStatus = ({ user, welcomeEmail }: CreatedSignUp): SignUpStatus => ({
  status: 'created',
  ...user,
  welcomeEmail,
});

const toWaiting = (id: UserId, { newUser, failed }: WaitingSignUp): FoundSignUp => ({
  status: { id, status: failed ? 'failed' : 'queued', ...newUser },
  isSettled: failed,
});
