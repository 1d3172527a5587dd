export { formats } from './formats.ts';
export { toAsciiDomain } from './idna-domain.ts';
export { openStores, type Stores } from './open-stores.ts';
export { migrations } from './postgres/migrations.ts';
export { rekeyEmailIndex } from './redis/rekey-email-index.ts';
export type { SignUpLimits } from './sign-up-limits.ts';
export type { CreatedSignUp, SignUp, SignUpStore, UserPage } from './sign-up-store.ts';
export {
  defaultLocale,
  isUserId,
  Locale,
  NewUser,
  oneOf,
  RejectionReason,
  User,
  UserId,
  WelcomeEmail,
} from './user.ts';
export type {
  WelcomeEmailClaim,
  WelcomeEmailLedger,
  WelcomeEmailRun,
  WelcomeEmailSettlement,
} from './welcome-email-ledger.ts';
