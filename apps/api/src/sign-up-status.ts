import { oneOf, RejectionReason, type SignUp, User, UserId, WelcomeEmail } from '@backend-jobs/sign-ups';
import { type Static, Type } from '@sinclair/typebox';

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

/** What the store says of it. Nothing of one that it does not know, and of one that was deleted. */
export const toFound = (id: UserId, signUp: SignUp | undefined): FoundSignUp | undefined => {
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
