import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client, DatabaseError as ServerError } from 'pg';
import type { Query } from './database.ts';
import { toOwnError } from './database-errors.ts';
import type { DatabaseAddress } from './database-url.ts';
import { requireOwnSession } from './require-own-session.ts';
import { toClientConfig } from './to-client-config.ts';

const migrationsTable = 'schema_migrations';

/** A migration that the versions before it can't live with has this at the end of its name. */
const breaking = '.breaking';

/** The schema of the database is not one that this version can use. */
export class SchemaError extends Error {
  override name = 'SchemaError';
}

/**
 * Brings the schema up to date by the files in `folder`. Many may do so at once: one of them does it, and the others
 * wait. Returns the names of those that were missing.
 *
 * @throws {DatabaseOutage} {DatabaseFault} {PooledDatabaseError}
 */
export const migrate = async (address: DatabaseAddress, folder: URL): Promise<string[]> => {
  const client = new Client({ ...toClientConfig(address, 'migrate'), connectionTimeoutMillis: 10_000 });
  client.on('error', () => {}); // the statement that runs fails, too
  await client.connect().catch((error) => {
    throw toOwnError(error);
  });
  // Loaded here, since a process that only looks at the schema does not need it.
  const { runner } = await import('node-pg-migrate');
  try {
    await requireOwnSession(client, address);
    const done = await runner({
      dbClient: client,
      dir: fileURLToPath(folder),
      direction: 'up',
      migrationsTable,
      advisoryLockMode: 'wait',
      // The reason of a failure comes with the error; by itself it would print the whole migration.
      logger: { info: () => {}, warn: () => {}, error: () => {} },
    });
    return done.map(({ name }) => name);
  } catch (error) {
    throw error instanceof ServerError ? toOwnError(error) : error;
  } finally {
    await client.end().catch(() => {});
  }
};

interface SchemaState {
  /** The last migration that was applied. */
  version: string | undefined;
  missing: string[];
  /** Those that this version does not know. */
  unknown: string[];
}

export const readSchema = async (query: Query, folder: URL): Promise<SchemaState> => {
  const [table] = await query({ text: `SELECT to_regclass('${migrationsTable}') IS NOT NULL AS exists` });
  const rows = table?.exists ? await query({ text: `SELECT name FROM ${migrationsTable} ORDER BY id` }) : [];
  const applied = rows.map(({ name }) => String(name));
  const known = (await readdir(folder))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort();
  return {
    version: applied.at(-1),
    missing: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
};

/**
 * A migration that this version does not know is one of a later version, which may be about to replace it: then it must
 * be one that this version can live with.
 *
 * @throws {SchemaError} when the schema is too old, or too new
 */
export const requireSchema = async (query: Query, folder: URL): Promise<void> => {
  const { missing, unknown } = await readSchema(query, folder);
  if (missing.length > 0)
    throw new SchemaError(
      `The schema of the database is too old, it lacks ${missing.join(', ')}: run npm run migrate`,
    );
  const broken = unknown.filter((name) => name.endsWith(breaking));
  if (broken.length > 0)
    throw new SchemaError(
      `The schema of the database is too new, it has ${broken.join(', ')}: start the version that it is of`,
    );
};
