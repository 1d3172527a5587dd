import { readFileSync } from 'node:fs';
import { type Database, defineStatement, isViolation, type Row } from '@backend-jobs/postgres';
import { canonicalEmail } from '../canonical-email.ts';
import type { SignUpEvents } from '../sign-up-events.ts';
import type { SignUpLimits } from '../sign-up-limits.ts';
import type { SignUp, SignUpStore } from '../sign-up-store.ts';
import type { NewUser, UserId } from '../user.ts';
import type { Announce } from './announce.ts';
import type { LimitKeys } from './limit-keys.ts';
import { pageSize, readPages } from './read-pages.ts';
import { firstId, storable, toSignUp } from './rows.ts';

const createSignUp = defineStatement(new URL('./create-sign-up.sql', import.meta.url), [
  'id',
  'name',
  'email',
  'emailKey',
  'locale',
  'mailbox',
  'mailboxMax',
  'mailboxMs',
  'domain',
  'domainMax',
  'domainMs',
]);
const findSignUp = defineStatement(new URL('./find-sign-up.sql', import.meta.url), ['id']);
const sqlOf = (name: string) => ({
  name,
  text: readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8'),
});
const deleteSignUp = sqlOf('delete-sign-up');
const removeSignUp = sqlOf('remove-sign-up');

/** How often somebody else can take an email, or decide a sign-up, between two looks at it. */
const mostTries = 10;

interface Options {
  limitKeysOf: (email: string) => LimitKeys;
  announce: Announce;
  events: SignUpEvents;
  limits: SignUpLimits;
}

/** Keeps sign-ups in PostgreSQL. The caller opens and closes the database. */
export const createPostgresSignUpStore = (
  database: Database,
  { limitKeysOf, announce, events, limits: { perMailbox, perDomain } }: Options,
): SignUpStore => {
  const create = database.batch(createSignUp, ({ id, emailKey, mailbox, domain }) =>
    [id, emailKey, mailbox, domain].filter((key) => typeof key === 'string'),
  );
  const findRow = database.batch(findSignUp, () => []);
  const find = async (id: UserId): Promise<SignUp | undefined> => toSignUp(await findRow({ id }));

  const decide = async (id: UserId, { name, email, locale }: NewUser): Promise<SignUp | undefined> => {
    const decided = await create({
      id,
      name: storable(name),
      email: storable(email),
      emailKey: storable(canonicalEmail(email)),
      locale,
      ...limitKeysOf(email),
      mailboxMs: perMailbox?.durationMs,
      domainMs: perDomain?.durationMs,
    });
    if (!decided) return find(id); // it was decided before
    announce(id);
    if (decided.has_ended) events.ended('rejected');
    const asPending = { welcome_status: 'pending', welcome_is_settled: false, welcome_attempts: 0 };
    return toSignUp({ ...decided, ...asPending, id, name: storable(name), email: storable(email), locale });
  };

  return {
    find,

    create: async (id, newUser) => {
      for (let tries = 1; ; tries += 1) {
        try {
          const signUp = await decide(id, newUser);
          if (signUp) return signUp;
        } catch (error) {
          if (!isViolation(error, '23505') || tries === mostTries) throw error;
        }
      }
    },

    findIdByEmail: async (email) => {
      const text = 'SELECT id FROM users WHERE email_key = $1';
      const key = storable(canonicalEmail(email));
      const [row] = await database.query({ name: 'find-id-by-email', text }, [key]);
      return row?.id as UserId | undefined;
    },

    availabilityOf: async (email) => {
      const { mailbox, mailboxMax, domain, domainMax } = limitKeysOf(email);
      const text = `SELECT (SELECT id FROM users WHERE email_key = $1) AS owner_id,
        (SELECT max(ceil(extract(epoch FROM ends_at - now())))::int FROM sign_up_counts
          WHERE ends_at > now() AND ((key = $2 AND made >= $3) OR (key = $4 AND made >= $5))) AS seconds`;
      const values = [storable(canonicalEmail(email)), mailbox, mailboxMax, domain, domainMax];
      const [row] = await database.query({ name: 'availability-of', text }, values);
      return {
        ownerId: (row?.owner_id ?? undefined) as UserId | undefined,
        retryAfterSeconds: Number(row?.seconds ?? 0),
      };
    },

    list: async ({ after, limit }) => {
      const text = `SELECT id FROM users WHERE id > $1 ORDER BY id LIMIT $2`;
      // One more than is returned, to know whether there is a next page.
      const values = [after ?? firstId, limit + 1];
      const ids = (await database.query({ name: 'list-users', text }, values)).map(idOf);
      const signUps = await Promise.all(ids.slice(0, limit).map(find));
      return {
        users: signUps.filter((signUp) => signUp?.outcome === 'created'),
        next: ids.length > limit ? ids[limit - 1] : undefined,
      };
    },

    // As one statement it would not see the user that another makes while it waits for the record.
    delete: async (id) => {
      const mark = await database.transaction(async (query) => {
        const [mark] = await query(deleteSignUp, [id]);
        await query({ name: 'delete-user', text: 'DELETE FROM users WHERE id = $1' }, [id]);
        // And with it what its keys say of the person; each can be used again.
        const text = 'DELETE FROM idempotency_keys WHERE sign_up_id = $1';
        await query({ name: 'delete-idempotency-key', text }, [id]);
        return mark;
      });
      announce(id);
      if (mark?.has_ended) events.ended('deleted');
      return mark !== undefined;
    },

    recordFailure: async (id) => {
      const text = `INSERT INTO sign_ups AS s (id, outcome) VALUES ($1, 'failed')
        ON CONFLICT (id) DO UPDATE SET outcome = 'failed', decided_at = now() WHERE s.outcome = 'queued'
        RETURNING NOT s.is_reopened AS has_ended`;
      const [row] = await database.query({ name: 'record-failure', text }, [id]);
      announce(id);
      if (row?.has_ended) events.ended('failed');
    },

    recordRemoval: async (id) => {
      for (;;) {
        const [row] = await database.query(removeSignUp, [id]);
        if (!row) continue;
        announce(id);
        if (row.has_ended) events.ended('removed');
        return row.outcome as SignUp['outcome'];
      }
    },

    ids: async function* () {
      const text = `SELECT id FROM sign_ups WHERE id > $1 ORDER BY id LIMIT ${pageSize}`;
      const read = (after: UserId) => database.query({ name: 'list-ids', text }, [after]);
      for await (const page of readPages(firstId, read, idOf)) yield* page.map(idOf);
    },
  };
};

const idOf = (row: Row): UserId => row.id as UserId;
