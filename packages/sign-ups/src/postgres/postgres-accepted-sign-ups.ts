import { type Database, defineStatement } from '@backend-jobs/postgres';
import type { Acceptance, AcceptedSignUps } from '../accepted-sign-ups.ts';
import { canonicalEmail } from '../canonical-email.ts';
import type { NewUser, UserId } from '../user.ts';
import type { LimitKeys } from './limit-keys.ts';
import { firstId, storable } from './rows.ts';

const acceptSignUp = defineStatement(new URL('./accept-sign-up.sql', import.meta.url), [
  'id',
  'newUser',
  'emailKey',
  'mailbox',
  'mailboxMax',
  'domain',
  'domainMax',
  'keyHash',
  'fingerprint',
]);
const findWaitingSignUp = defineStatement(new URL('./find-waiting-sign-up.sql', import.meta.url), ['id']);

/** How much is removed in one statement: it holds no lock for long. */
const removedAtOnce = 5_000;
const expiring = [
  ['sign_ups', 'id', 'expires_at'],
  ['idempotency_keys', 'key_hash', 'expires_at'],
  ['sign_up_counts', 'key', 'ends_at'],
] as const;

/** Keeps in PostgreSQL what was accepted. The caller opens and closes the database. */
export const createPostgresAcceptedSignUps = (
  database: Database,
  limitKeysOf: (email: string) => LimitKeys,
): AcceptedSignUps => {
  const accept = database.batch(acceptSignUp, () => []);
  const findRow = database.batch(findWaitingSignUp, () => []);

  return {
    accept: async (id, { name, email, locale }, key) => {
      const newUser: NewUser = { name: storable(name), email: storable(email), locale };
      for (;;) {
        const row = await accept({
          id,
          newUser: JSON.stringify(newUser),
          emailKey: storable(canonicalEmail(email)),
          ...limitKeysOf(email),
          keyHash: key?.hash,
          fingerprint: key?.fingerprint,
        });
        if (row) return toAcceptance(row as unknown as AcceptanceRow);
      }
    },

    findWaiting: async (id) => {
      const row = await findRow({ id });
      if (!row) return undefined;
      return { newUser: (row.new_user as NewUser | null) ?? undefined, failed: row.outcome === 'failed' };
    },

    findQueued: async (ageMs, { after, limit }) => {
      const text = `SELECT id FROM sign_ups
        WHERE outcome = 'queued' AND id > $1 AND decided_at <= now() - $2::float8 * interval '1 millisecond'
        ORDER BY id LIMIT $3`;
      const rows = await database.query({ name: 'find-queued', text }, [after ?? firstId, ageMs, limit]);
      return rows.map(({ id }) => id as UserId);
    },

    removeExpired: async () => {
      let removed = 0;
      for (const [table, key, time] of expiring) {
        const text = `DELETE FROM ${table} WHERE ${key} IN (
          SELECT ${key} FROM ${table} WHERE ${time} <= now() ORDER BY ${time} LIMIT ${removedAtOnce}
          FOR UPDATE SKIP LOCKED) RETURNING 1`;
        for (let count = removedAtOnce; count === removedAtOnce; removed += count)
          count = (await database.query({ text })).length;
      }
      return removed;
    },
  };
};

/** As `accept-sign-up.sql` returns it. */
interface AcceptanceRow {
  kind: Acceptance['kind'];
  sign_up_id: UserId;
  wait_s: number;
}

const toAcceptance = ({ kind, sign_up_id, wait_s }: AcceptanceRow): Acceptance => {
  switch (kind) {
    case 'repeated':
      return { kind, id: sign_up_id };
    case 'too-many-sign-ups':
      return { kind, retryAfterSeconds: Math.max(1, wait_s) };
    default:
      return { kind };
  }
};
