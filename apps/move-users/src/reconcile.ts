import type { Database, Query } from '@backend-jobs/postgres';
import type { Names } from './names.ts';
import type { RedisReader, Rows } from './read-redis.ts';
import {
  countsTable,
  differingIn,
  insertionInto,
  keysTable,
  removalFrom,
  signUpsTable,
  type Table,
  usersTable,
} from './tables.ts';
import { overtaken } from './turn.ts';

/**
 * What to do with rows that are not as Redis has them.
 *
 * - `repair`: make them so;
 * - `verify`: report them. Sign-ups that were accepted meanwhile, and their keys, are no fault: they are added;
 * - `add`: add these, and look at nothing else. PostgreSQL may be in use by then.
 */
export type Mode = 'repair' | 'verify' | 'add';

/** One that differs: the table, and the name of its row. Neither is personal. */
export type Difference = string;

/** The tables of each kind of name: a sign-up has a row in two. */
const tablesOf: Record<keyof Names, readonly Table[]> = {
  signUps: [signUpsTable, usersTable],
  keys: [keysTable],
  counts: [countsTable],
};

/** Returns a function that compares PostgreSQL with Redis for these names. It returns how many rows it has written. */
export const createReconciler = (
  database: Database,
  { read, isMine }: { read: RedisReader; isMine: (query: Query) => Promise<boolean> },
) => {
  const differing = async (table: Table, names: string[], rows: Rows) => {
    const values = [names, JSON.stringify(rows[table.name])];
    const found = await database.query({ text: differingIn(table) }, values);
    return found.map((row) => ({ name: String(row.name), isNew: row.is_new === true }));
  };

  /** Returns `false`, and writes nothing, when another process has taken over. */
  const write = (
    names: string[],
    tables: readonly Table[],
    rows: Rows,
    isRepair: boolean,
  ): Promise<boolean> =>
    database.transaction(async (query) => {
      if (!(await isMine(query))) return false;
      if (isRepair) {
        // Last table first, since users can be referred to.
        for (const table of tables.toReversed()) await query({ text: removalFrom(table) }, [names]);
        if (tables.includes(usersTable)) await query({ text: evictOwners }, [JSON.stringify(rows.users)]);
      }
      for (const table of tables)
        await query({ text: insertionInto(table) }, [JSON.stringify(rows[table.name])]);
      return true;
    });

  return async (names: Names, mode: Mode): Promise<{ written: number; differences: Difference[] }> => {
    const all = await read(names);
    let written = 0;
    const differences: Difference[] = [];
    for (const kind of Object.keys(tablesOf) as (keyof Names)[]) {
      if (names[kind].length === 0 || (mode === 'add' && kind === 'counts')) continue;
      const tables = tablesOf[kind];
      const wrong = new Set<string>();
      for (const table of tables) {
        for (const { name, isNew } of await differing(table, names[kind], all)) {
          if (mode === 'repair' || (isNew && isArrival(table, name, all))) wrong.add(name);
          else if (mode === 'verify') differences.push(`${table.name} ${name}`);
        }
      }
      if (wrong.size === 0) continue;
      const isWritten = await write([...wrong], tables, rowsOf(wrong, all), mode === 'repair');
      if (!isWritten) throw overtaken();
      written += wrong.size;
    }
    return { written, differences };
  };
};
export type Reconcile = ReturnType<typeof createReconciler>;

/** Of an address that went from one person to another, PostgreSQL may still have the person before. */
const evictOwners = `DELETE FROM users u USING json_populate_recordset(NULL::users, $1::json) r
  WHERE u.email_key = r.email_key AND u.id <> r.id`;

const nameOf = (row: object): string => {
  const { id, key_hash, key } = row as { id?: string; key_hash?: string; key?: string };
  return id ?? key_hash ?? key ?? '';
};

const rowsOf = (names: Set<string>, rows: Rows): Rows =>
  Object.fromEntries(
    Object.entries(rows).map(([table, its]) => [table, its.filter((row) => names.has(nameOf(row)))]),
  ) as Rows;

/** Whether it can have come after the copy: while the workers stand still, that is a sign-up that waits, or a key. */
const isArrival = (table: Table, name: string, rows: Rows): boolean => {
  if (table.name === 'idempotency_keys') return true;
  const row = rows[table.name].find((one) => nameOf(one) === name) as { outcome?: string } | undefined;
  return row?.outcome === 'queued';
};
