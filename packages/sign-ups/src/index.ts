export type { Acceptance, AcceptedSignUps, WaitingSignUp } from './accepted-sign-ups.ts';
export { formats } from './formats.ts';
export { toAsciiDomain } from './idna-domain.ts';
export { type RedisSignUp, toRows } from './move/to-rows.ts';
export { openStores, type Stores } from './open-stores.ts';
export { migrations } from './postgres/migrations.ts';
export { createRecordKey } from './redis/keys.ts';
export {
  createAcceptanceCheck,
  forgetMove,
  isUsersMoved,
  type Move,
  readMove,
  watchMove,
  writeMove,
} from './redis/move-state.ts';
export { createRedisSignUpChanges } from './redis/redis-sign-up-changes.ts';
export { rekeyEmailIndex } from './redis/rekey-email-index.ts';
export { createBucketOf, createIdMaker } from './shards/buckets.ts';
export { type SignUpChanges, spreadSignUpChanges } from './sign-up-changes.ts';
export { type SignUpEnd, type SignUpEvents, signUpEnds } from './sign-up-events.ts';
export type { SignUpLimits } from './sign-up-limits.ts';
export type { CreatedSignUp, EmailAvailability, SignUp, SignUpStore, UserPage } from './sign-up-store.ts';
export {
  acceptedAtMs,
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
  UnsentEmail,
  WelcomeEmailClaim,
  WelcomeEmailLedger,
  WelcomeEmailRun,
  WelcomeEmailSettlement,
} from './welcome-email-ledger.ts';
