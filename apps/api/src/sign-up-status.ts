import { oneOf, RejectionReason, type SignUp, User, UserId, WelcomeEmail } from '@backend-jobs/sign-ups';
import { type Static, Type } from '@sinclair/typebox';

/** A sign-up as a client sees it. It has the details of the person as long as the service has them. */
export const SignUpStatus = Type.Object(
  {
    id: UserId,
    status: oneOf(['queued', 'created', 'rejected', 'failed', 'removed']),
    reason: Type.Optional(RejectionReason),
    ...Type.Partial(Type.Omit(User, ['id'])).properties,
    welcomeEmail: Type.Optional(WelcomeEmail),
  },
  { description: 'How far the sign-up is' },
);
export type SignUpStatus = Static<typeof SignUpStatus>;

/** A sign-up as anybody may see it who knows its id, and ids are in logs and in emails: nothing of the person. */
export const SignUpProgress = Type.Object(
  {
    ...Type.Pick(SignUpStatus, ['id', 'status', 'reason']).properties,
    welcomeEmail: Type.Optional(Type.Pick(WelcomeEmail, ['status'])),
  },
  { description: 'How far the sign-up is, without the person' },
);

export interface FoundSignUp {
  status: SignUpStatus;
  /** Whether the status stays as it is unless somebody changes it, as an operator does who retries a job. */
  isSettled: boolean;
}

/** Converts what the store has. Returns `undefined` for a sign-up that it does not have or that was deleted. */
export const toFound = (id: UserId, signUp: SignUp | undefined): FoundSignUp | undefined => {
  switch (signUp?.outcome) {
    case 'created': {
      const { user, welcomeEmail, isSettled } = signUp;
      return { status: { status: 'created', ...user, welcomeEmail }, isSettled };
    }
    case 'rejected':
      return { status: { id, status: 'rejected', reason: signUp.reason }, isSettled: true };
    case 'failed':
    case 'removed':
      return { status: { id, status: signUp.outcome }, isSettled: true };
    default:
      return undefined;
  }
};
