import type { NamedMutant } from '../named-mutant.ts';

const sql = (name: string) => `packages/sign-ups/src/postgres/${name}.sql`;
const store = 'packages/sign-ups/src/postgres/postgres-sign-up-store.ts';
const contracts = ['packages/sign-ups/test/postgres-stores.test.ts'];
const faults = ['packages/postgres/test/database-faults.test.ts'];
const urls = ['packages/postgres/test/database-url.unit.test.ts'];
const pooler = ['packages/postgres/test/pooler.test.ts'];
const coalescing = ['packages/postgres/test/coalesce.unit.test.ts'];

/** What must hold where PostgreSQL keeps the sign-ups. */
export const postgresMutants: readonly NamedMutant[] = [
  {
    name: 'migration-through-a-pooler',
    file: 'packages/postgres/src/schema.ts',
    from: 'await requireOwnSession(client, address);',
    to: '',
    tests: pooler,
  },
  {
    name: 'lost-statement-is-a-fault',
    file: 'packages/postgres/src/database-errors.ts',
    from: '/^(26000|42P05)$/',
    to: '/^(42P05)$/',
    tests: pooler,
  },
  {
    name: 'prepared-although-it-is-off',
    file: 'packages/postgres/src/database.ts',
    from: 'prepares && name !== undefined',
    to: 'name !== undefined',
    tests: pooler,
  },
  {
    name: 'email-of-another-user-accepted',
    file: sql('accept-sign-up'),
    from: 'EXISTS (SELECT FROM users u WHERE u.email_key = input.email_key)',
    to: 'false',
    tests: contracts,
  },
  {
    name: 'key-of-the-database-for-another-body',
    file: sql('accept-sign-up'),
    from: ' AND j.known_fingerprint = j.fingerprint',
    to: '',
    tests: contracts,
  },
  {
    name: 'key-kept-of-a-deleted-person',
    file: store,
    from: 'DELETE FROM idempotency_keys WHERE sign_up_id = $1',
    to: 'DELETE FROM idempotency_keys WHERE sign_up_id = $1 AND false',
    tests: contracts,
  },
  {
    name: 'user-kept-behind-the-mark',
    file: store,
    from: 'DELETE FROM users WHERE id = $1',
    to: 'DELETE FROM users WHERE id = $1 AND false',
    tests: contracts,
  },
  {
    name: 'details-kept-behind-the-user',
    file: sql('create-sign-up'),
    from: 'expires_at = excluded.expires_at, new_user = NULL,',
    to: 'expires_at = excluded.expires_at,',
    tests: contracts,
  },
  {
    name: 'one-more-of-a-mailbox-in-the-database',
    file: sql('create-sign-up'),
    from: 'c.made < (SELECT max(mailbox_max) FROM input)',
    to: 'c.made <= (SELECT max(mailbox_max) FROM input)',
    tests: contracts,
  },
  {
    name: 'address-in-a-count',
    file: 'packages/sign-ups/src/postgres/limit-keys.ts',
    from: '`mailbox:${hash(mailboxOf(email))}`',
    to: '`mailbox:${mailboxOf(email)}`',
    tests: contracts,
  },
  {
    name: 'settled-by-who-lost-the-claim',
    file: sql('settle-welcome-email'),
    from: 's.welcome_token = input.token AND ',
    to: '',
    tests: contracts,
  },
  {
    name: 'copies-without-end-in-the-database',
    file: sql('claim-welcome-email'),
    from: 'welcome_copies + 1 - welcome_copies_before >= max_copies',
    to: 'false',
    tests: contracts,
  },
  {
    name: 'nul-keeps-an-email-from-settling',
    file: 'packages/sign-ups/src/postgres/rows.ts',
    from: "text.replaceAll('\\0', '').toWellFormed()",
    to: 'text',
    tests: contracts,
  },
  {
    name: 'calls-fail-for-the-fault-of-another',
    file: 'packages/postgres/src/coalesce.ts',
    from: 'if (isFaultOfRow(error))',
    to: 'if (!isFaultOfRow(error))',
    tests: coalescing,
  },
  {
    name: 'calls-of-one-row-in-one-statement',
    file: 'packages/postgres/src/coalesce.ts',
    from: '!keys.has(key)',
    to: '!keys.has(key) || true',
    tests: coalescing,
  },
  {
    name: 'address-in-an-error-of-the-database',
    file: 'packages/postgres/src/database-errors.ts',
    from: "code.startsWith('42') ? message : constraint",
    to: 'message',
    tests: faults,
  },
  {
    name: 'words-of-a-trigger-in-an-error',
    file: 'packages/postgres/src/database-errors.ts',
    from: 'where === undefined ?',
    to: 'where !== null ?',
    tests: faults,
  },
  {
    name: 'job-of-a-backlog-that-is-not-seen',
    file: 'packages/jobs/src/sign-up-repair.ts',
    from: 'return addedAt === null || finishedOn !== null;',
    to: 'return finishedOn !== null;',
    tests: ['tests/postgres-loss.test.ts'],
  },
  {
    name: 'database-in-plain-text',
    file: 'packages/postgres/src/variables.ts',
    from: '!isPrivate(address)',
    to: 'false',
    tests: urls,
  },
  {
    name: 'database-host-like-loopback',
    file: 'packages/postgres/src/database-url.ts',
    from: '/^127\\.\\d+\\.\\d+\\.\\d+$/',
    to: '/^127\\./',
    tests: urls,
  },
  {
    name: 'encrypted-to-whoever-answers',
    file: 'packages/postgres/src/to-client-config.ts',
    from: 'address.tls ? {',
    to: 'address.tls ? { rejectUnauthorized: false,',
    tests: ['packages/postgres/test/database-tls.test.ts'],
  },
  {
    name: 'schema-of-another-version',
    file: 'packages/postgres/src/schema.ts',
    from: 'if (broken.length > 0)',
    to: 'if (broken.length > 1)',
    tests: ['packages/postgres/test/schema.test.ts', 'tests/postgres-start.test.ts'],
  },
  {
    name: 'database-that-does-not-wait-for-the-disk',
    file: 'packages/postgres/src/durability.ts',
    from: "row?.fsync === 'off'",
    to: 'false',
    tests: ['tests/postgres-start.test.ts'],
  },
  {
    name: 'row-without-a-job-is-forgotten',
    file: 'apps/worker/src/processors/reconcile-sign-ups.ts',
    from: 'await doAll(unqueued.values(), requeue);',
    to: '',
    tests: ['tests/postgres-loss.test.ts'],
  },
  {
    name: 'details-in-a-job-beside-the-database',
    file: 'apps/api/src/intake/store-intake.ts',
    from: 'producer.enqueue(id, undefined, requestId)',
    to: "producer.enqueue(id, { name: 'Zaphod Canary', email: 'canary@example.com', locale: 'en' }, requestId)",
    tests: ['tests/postgres-sign-up.test.ts'],
  },
  {
    name: 'email-given-up-that-was-never-attached',
    file: 'packages/jobs/src/welcome-email-child.ts',
    from: 'if (email || (await hasChildren(parent))) return;',
    to: 'return;',
    tests: ['tests/crash.test.ts'],
  },
];
