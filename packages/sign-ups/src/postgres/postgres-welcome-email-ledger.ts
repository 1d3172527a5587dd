import { type Database, defineStatement, type Row } from '@backend-jobs/postgres';
import type { SignUpEnd, SignUpEvents } from '../sign-up-events.ts';
import type { UserId } from '../user.ts';
import type { WelcomeEmailClaim, WelcomeEmailLedger } from '../welcome-email-ledger.ts';
import type { Announce } from './announce.ts';
import { pageSize, readPages } from './read-pages.ts';
import { firstId, storable, toUser } from './rows.ts';

const claimEmail = defineStatement(new URL('./claim-welcome-email.sql', import.meta.url), [
  'id',
  'token',
  'maxCopies',
  'job',
  'start',
  'lost',
]);
const settleEmail = defineStatement(new URL('./settle-welcome-email.sql', import.meta.url), [
  'id',
  'token',
  'status',
  'isFinal',
  'countsAttempt',
  'messageId',
  'sentAt',
  'error',
  'refusals',
  'refusedSince',
]);
const giveUpEmail = defineStatement(new URL('./give-up-welcome-email.sql', import.meta.url), [
  'id',
  'error',
  'lost',
]);
const withdrawEmail = defineStatement(new URL('./withdraw-welcome-email.sql', import.meta.url), [
  'id',
  'error',
]);

/** Keeps the ledger in the rows that `createPostgresSignUpStore` makes. The caller opens and closes the database. */
export const createPostgresWelcomeEmailLedger = (
  database: Database,
  announce: Announce,
  events: SignUpEvents,
): WelcomeEmailLedger => {
  const keysOf = ({ id }: { id: unknown }) => [String(id)];
  const claim = database.batch(claimEmail, keysOf);
  const settle = database.batch(settleEmail, keysOf);
  const giveUp = database.batch(giveUpEmail, keysOf);
  const withdraw = database.batch(withdrawEmail, keysOf);

  const ended = (status: unknown) => events.ended(`welcome_${status}` as SignUpEnd);

  return {
    claim: async (id, token, run) => {
      for (;;) {
        const row = await claim({ id, token, ...run });
        announce(id);
        if (row?.ended) ended(row.ended);
        if (row?.kind !== 'claimed') return { kind: (row?.kind ?? 'nothing-to-send') as 'blocked' };
        // The user was made while the statement waited for the record: the same call again gets the same claim.
        if (row.id !== null) return toClaim(row);
      }
    },

    settle: async (id, token, { status, isFinal, countsAttempt, messageId, sentAt, error, refusals }) => {
      const row = await settle({
        id,
        token,
        status,
        isFinal,
        countsAttempt,
        messageId,
        sentAt,
        error: error === undefined ? undefined : storable(error),
        refusals: refusals?.count,
        refusedSince: refusals && new Date(refusals.sinceMs),
      });
      announce(id);
      if (row?.has_ended) ended(status);
      if (row?.has_ended && status === 'sent') events.welcomed(id, sentAt ?? '');
      return row !== undefined;
    },

    giveUp: async (id, error, lost) => {
      const row = await giveUp({ id, error: storable(error), lost });
      announce(id);
      if (row?.ended) ended(row.ended);
    },

    withdraw: async (id, error) => {
      const row = await withdraw({ id, error: storable(error) });
      if (row?.is_being_sent) return false;
      announce(id);
      if (row?.ended) ended(row.ended);
      return true;
    },

    lastJob: async (id) => {
      const [row] = await database.query({ text: 'SELECT welcome_job FROM sign_ups WHERE id = $1' }, [id]);
      return Number(row?.welcome_job ?? 0);
    },

    findOpen: async function* (ageMs) {
      // The time as text, which has the microseconds that a Date would cut off.
      const text = `SELECT id, welcome_since::text AS since FROM sign_ups
        WHERE outcome = 'created' AND NOT welcome_is_settled AND (welcome_since, id) > ($1::timestamptz, $2)
          AND welcome_since <= now() - $3::float8 * interval '1 millisecond'
        ORDER BY welcome_since, id LIMIT ${pageSize}`;
      const read = (after: unknown[]) =>
        database.query({ name: 'find-open-emails', text }, [...after, ageMs]);
      for await (const page of readPages(['-infinity', firstId], read, ({ since, id }) => [since, id]))
        yield page.map(({ id }) => id as UserId);
    },

    oldestOpenAgeMs: async () => {
      const text = `SELECT (extract(epoch FROM now() - min(welcome_since)) * 1000)::float8 AS age FROM sign_ups
        WHERE outcome = 'created' AND NOT welcome_is_settled`;
      const [row] = await database.query({ name: 'oldest-open-age', text });
      return Math.max(0, Number(row?.age ?? 0));
    },

    findUnsent: async function* ({ from, to }) {
      const text = `SELECT id, welcome_unsent_at AS ended_at FROM sign_ups
        WHERE welcome_unsent_at IS NOT NULL AND (welcome_unsent_at, id) > ($1, $2) AND welcome_unsent_at <= $3
        ORDER BY welcome_unsent_at, id LIMIT ${pageSize}`;
      const until = to === undefined ? 'infinity' : new Date(to);
      const first = [from === undefined ? '-infinity' : new Date(from), firstId];
      const read = (after: unknown[]) =>
        database.query({ name: 'find-unsent-emails', text }, [...after, until]);
      for await (const page of readPages(first, read, ({ ended_at, id }) => [ended_at, id]))
        yield page.map(({ id, ended_at }) => ({ id: id as UserId, endedMs: (ended_at as Date).getTime() }));
    },

    unsentSince: async (id) => {
      const text = 'SELECT welcome_unsent_at FROM sign_ups WHERE id = $1';
      const [row] = await database.query({ name: 'unsent-since', text }, [id]);
      return (row?.welcome_unsent_at as Date | null | undefined)?.getTime();
    },
  };
};

/** As `claim-welcome-email.sql` returns it. */
interface ClaimedRow {
  attempts: number;
  since: Date;
  copies_left: number;
  claimed_at: Date;
  refusals: number | null;
  refused_since: Date | null;
}

const toClaim = (row: Row): WelcomeEmailClaim => {
  const { attempts, since, copies_left, claimed_at, refusals, refused_since } = row as unknown as ClaimedRow;
  return {
    kind: 'claimed',
    user: toUser(row),
    attempts,
    sinceMs: since.getTime(),
    copiesLeft: copies_left,
    claimedMs: claimed_at.getTime(),
    refusals: refusals && refused_since ? { count: refusals, sinceMs: refused_since.getTime() } : undefined,
  };
};
