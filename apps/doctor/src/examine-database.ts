import {
  type Database,
  readDurabilityFault,
  readSchema,
  requireSchema,
  SchemaError,
} from '@backend-jobs/postgres';
import { migrations } from '@backend-jobs/sign-ups';
import { type Finding, failureOf } from './report.ts';

/** Delays of seconds do not notice it. */
const toleratedSeconds = 5;

/**
 * Whether PostgreSQL can be used, has the schema of this version, and keeps what it is given. `other` is a second
 * connection to it.
 */
export async function* examineDatabase(
  { query }: Database,
  { other, prepares }: { other: Database; prepares: boolean },
): AsyncGenerator<Finding, boolean> {
  try {
    const [row] = await query({
      text: "SELECT current_setting('server_version') AS version, current_setting('transaction_read_only') AS read_only",
    });
    if (row?.read_only === 'on') {
      const advice = 'Let DATABASE_URL lead to the server that takes writes.';
      yield { step: 'database', failed: 'PostgreSQL takes no writes: it is a replica', advice };
      return false;
    }
    yield { step: 'database', found: `PostgreSQL ${row?.version}` };
  } catch (error) {
    yield failureOf(
      'database',
      error,
      'Start PostgreSQL, or correct DATABASE_URL: name, port, user, password, database.',
    );
    return false;
  }
  try {
    await requireSchema(query, migrations);
    yield { step: 'schema', found: `${(await readSchema(query, migrations)).version}` };
    const tables = ['sign_ups', 'users', 'sign_up_counts', 'idempotency_keys'];
    const [row] = await query(
      {
        text: `SELECT bool_and(has_table_privilege(name, privilege)) AS may FROM unnest($1::text[]) AS name,
          unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege`,
      },
      [tables],
    );
    yield row?.may
      ? { step: 'rights', found: 'rows may be read, written and removed' }
      : {
          step: 'rights',
          failed: 'the user may not do all that is needed',
          advice: 'Give it the rights of docs/postgres.md.',
        };
  } catch (error) {
    const advice =
      error instanceof SchemaError
        ? 'See "Two versions" in docs/postgres.md.'
        : 'Give the user the rights of docs/postgres.md.';
    yield failureOf('schema', error, advice);
    return false;
  }
  const fault = await readDurabilityFault(query);
  yield fault
    ? { step: 'disk', failed: fault, advice: 'Change the settings of PostgreSQL (docs/postgres.md).' }
    : { step: 'disk', found: 'what PostgreSQL has answered is on disk' };
  yield prepares
    ? await examineStatements([query, other.query])
    : { step: 'statements', found: 'are not prepared (DATABASE_PREPARE=off)' };
  yield await examineClock({ query });
  return true;
}

/** A pooler may give both connections one session, in which the second finds the statement of the first. */
const examineStatements = async (queries: Database['query'][]): Promise<Finding> => {
  try {
    for (const query of queries) await query({ name: 'doctor', text: 'SELECT $1::int AS one' }, [1]);
    return { step: 'statements', found: 'can be prepared' };
  } catch (error) {
    return failureOf('statements', error, 'See "Behind a pooler" in docs/postgres.md.');
  }
};

const examineClock = async ({ query }: Pick<Database, 'query'>): Promise<Finding> => {
  const askedMs = Date.now();
  const [row] = await query({ text: 'SELECT clock_timestamp() AS now' });
  const seconds = Math.round(((askedMs + Date.now()) / 2 - Number(row?.now)) / 1_000);
  if (Math.abs(seconds) <= toleratedSeconds) return { step: 'clock', found: 'as that of PostgreSQL' };
  const direction = seconds > 0 ? 'ahead of' : 'behind';
  return {
    step: 'clock',
    failed: `The clock of this machine is ${Math.abs(seconds)} s ${direction} that of PostgreSQL`,
    advice: 'Set the clock of this machine, or of the one with PostgreSQL (NTP).',
  };
};
