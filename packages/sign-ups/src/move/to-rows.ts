import type { WaitingSignUp } from '../accepted-sign-ups.ts';
import { canonicalEmail } from '../canonical-email.ts';
import { storable } from '../postgres/rows.ts';
import { idPlace, toSignUp } from '../redis/record.ts';
import { acceptedAtMs, type UserId } from '../user.ts';

const dayInMs = 24 * 60 * 60 * 1_000;

/** What Redis has of a sign-up, beside the indexes that follow from its record. */
export interface RedisSignUp {
  id: UserId;
  /** Its record, which is empty while it waits. */
  fields: Record<string, string>;
  /** When Redis removes the record, in ms since 1970. */
  expiresAtMs: number | undefined;
  /** Its place among the emails that ended as failed or unknown. */
  unsentAtMs: number | undefined;
  /** What its job says, as long as there is one that was not completed. */
  waiting: WaitingSignUp | undefined;
}

/** A value of a column, as JSON has it. */
type Columns = Record<string, string | number | boolean | object | null>;

/**
 * The rows of a sign-up in PostgreSQL, with all columns of `sign_ups` and the service's own of `users`; none if there is no
 * such sign-up.
 *
 * @throws {CorruptRecordError}
 */
export const toRows = (signUp: RedisSignUp): { signUp?: Columns; user?: Columns } => {
  const { id, fields, waiting } = signUp;
  // The record is checked here, as it is whenever it is read.
  const { outcome } = toSignUp(fields, id) ?? {};
  if (outcome === undefined && !waiting) return {};
  const waits = outcome === undefined || outcome === 'failed';
  const newUser = waits ? waiting?.newUser : undefined;
  const isKept = outcome === 'rejected' || outcome === 'removed' || outcome === 'deleted';
  const acceptedMs = acceptedAtMs(id);
  return {
    signUp: {
      id,
      outcome: outcome ?? (waiting?.failed ? 'failed' : 'queued'),
      reason: outcome === 'rejected' ? (fields.reason ?? null) : null,
      new_user: newUser ? { ...newUser, name: storable(newUser.name), email: storable(newUser.email) } : null,
      decided_at: outcome === 'created' ? timeOf(fields.createdAt) : timeOf(acceptedMs),
      is_reopened: fields.reopened === '1',
      expires_at: isKept ? timeOf(signUp.expiresAtMs ?? acceptedMs + 90 * dayInMs) : null,
      ...(outcome === 'created' ? toLedger(signUp) : noLedger),
    },
    ...(outcome === 'created' && { user: toUserRow(signUp) }),
  };
};

const toUserRow = ({ id, fields: { name = '', email = '', locale = '', createdAt } }: RedisSignUp) => ({
  id,
  name: storable(name),
  email: storable(email),
  email_key: storable(canonicalEmail(email)),
  locale,
  created_at: timeOf(createdAt),
});

const toLedger = ({ id, fields, unsentAtMs }: RedisSignUp) => {
  const isSettled = fields.emailIsSettled === '1';
  const isWithdrawn = fields.emailIsWithdrawn === '1';
  // Redis forgets it when the email was sent.
  const since = timeOf(fields.emailSince ? Number(fields.emailSince) : fields.createdAt);
  const isUnsent = ['failed', 'unknown'].includes(fields.emailStatus ?? '') && isSettled && !isWithdrawn;
  return {
    welcome_status: fields.emailStatus ?? null,
    welcome_is_settled: isSettled,
    welcome_is_withdrawn: isWithdrawn,
    welcome_since: since,
    welcome_attempts: Number(fields.emailAttempts ?? 0),
    welcome_copies: Number(fields.emailUncertain ?? 0),
    welcome_copies_before: Number(fields.emailUncertainBefore ?? 0),
    welcome_token: fields.emailToken || null,
    welcome_job: Number(fields.emailJobAdded ?? 0),
    welcome_start: Number(fields.emailJobStart ?? 0),
    welcome_lost: Number(fields.emailStalls ?? 0),
    welcome_refusals: fields.emailRefusals ? Number(fields.emailRefusals) : null,
    welcome_refused_since: fields.emailRefusedSince ? timeOf(Number(fields.emailRefusedSince)) : null,
    welcome_message_id: fields.emailMessageId?.replace(idPlace, id) ?? null,
    welcome_sent_at: fields.emailSentAt ? timeOf(fields.emailSentAt) : null,
    welcome_error: fields.emailError === undefined ? null : storable(fields.emailError),
    // One that ended before Redis kept when, counts as ended when it was asked for.
    welcome_unsent_at: isUnsent ? (unsentAtMs === undefined ? since : timeOf(unsentAtMs)) : null,
  };
};

/** The ledger of one that has no email, as the columns have it by default. */
const noLedger = {
  welcome_status: null,
  welcome_is_settled: false,
  welcome_is_withdrawn: false,
  welcome_since: null,
  welcome_attempts: 0,
  welcome_copies: 0,
  welcome_copies_before: 0,
  welcome_token: null,
  welcome_job: 0,
  welcome_start: 0,
  welcome_lost: 0,
  welcome_refusals: null,
  welcome_refused_since: null,
  welcome_message_id: null,
  welcome_sent_at: null,
  welcome_error: null,
  welcome_unsent_at: null,
};

const timeOf = (time: string | number | undefined): string => new Date(time ?? Number.NaN).toISOString();
