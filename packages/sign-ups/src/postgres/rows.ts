import type { Row } from '@backend-jobs/postgres';
import type { SignUp } from '../sign-up-store.ts';
import type { RejectionReason, User, UserId, WelcomeEmail } from '../user.ts';

/**
 * What a text can hold in PostgreSQL: it takes no NUL, and half of a surrogate pair has no UTF-8. A mail server's reply
 * can hold anything.
 */
export const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** No sign-up has it. It comes before all others. */
export const firstId: UserId = '00000000-0000-0000-0000-000000000000';

interface UserRow {
  id: UserId;
  name: string;
  email: string;
  locale: User['locale'];
  created_at: Date;
}

/** As `find-sign-up.sql` returns it. The schema of the database checks what is in it. */
interface SignUpRow extends UserRow {
  outcome: SignUp['outcome'] | 'queued';
  reason: RejectionReason;
  welcome_status: WelcomeEmail['status'];
  welcome_is_settled: boolean;
  welcome_attempts: number;
  welcome_copies: number;
  welcome_message_id: string | null;
  welcome_sent_at: Date | null;
  welcome_error: string | null;
}

export const toUser = (row: Row): User => {
  const { id, name, email, locale, created_at } = row as unknown as UserRow;
  return { id, name, email, locale, createdAt: created_at.toISOString() };
};

/** One that is queued has no outcome yet. */
export const toSignUp = (found: Row | undefined): SignUp | undefined => {
  if (!found) return undefined;
  const row = found as unknown as SignUpRow;
  switch (row.outcome) {
    case 'queued':
      return undefined;
    case 'created':
      return {
        outcome: 'created',
        user: toUser(found),
        welcomeEmail: toWelcomeEmail(row),
        isSettled: row.welcome_is_settled,
      };
    case 'rejected':
      return { outcome: 'rejected', reason: row.reason };
    default:
      return { outcome: row.outcome };
  }
};

const toWelcomeEmail = (row: SignUpRow): WelcomeEmail => ({
  status: row.welcome_status,
  attempts: row.welcome_attempts,
  ...(row.welcome_copies > 0 && { uncertainAttempts: row.welcome_copies }),
  ...(row.welcome_message_id && { messageId: row.welcome_message_id }),
  ...(row.welcome_sent_at && { sentAt: row.welcome_sent_at.toISOString() }),
  ...(row.welcome_error && { error: row.welcome_error }),
});
