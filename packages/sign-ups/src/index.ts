export { formats } from './formats.ts';
export { createRedisUserStore } from './redis-user-store.ts';
export {
  defaultLocale,
  Locale,
  NewUser,
  oneOf,
  RejectionReason,
  User,
  UserId,
  WelcomeEmail,
} from './user.ts';
export type {
  CreatedSignUp,
  OnUnknown,
  SignUp,
  UserStore,
  WelcomeEmailClaim,
  WelcomeEmailRun,
  WelcomeEmailSettlement,
} from './user-store.ts';
