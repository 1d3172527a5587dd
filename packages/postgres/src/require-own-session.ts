import { Client } from 'pg';
import { toOwnError } from './database-errors.ts';
import type { DatabaseAddress } from './database-url.ts';
import { toClientConfig } from './to-client-config.ts';

/** A pooler gives each transaction another session, and what is to be done needs one of its own. */
class PooledDatabaseError extends Error {
  override name = 'PooledDatabaseError';
}

/**
 * Opens a second connection while `client` has nothing to do. A pooler in transaction mode gives it the session that
 * `client` had. One that is busy may give it another one: then nothing is noticed.
 *
 * @throws {PooledDatabaseError} {DatabaseOutage}
 */
export const requireOwnSession = async (client: Client, address: DatabaseAddress): Promise<void> => {
  const other = new Client({ ...toClientConfig(address, 'migrate'), connectionTimeoutMillis: 10_000 });
  other.on('error', () => {}); // the statement that runs fails, too
  try {
    const first = await sessionOf(client);
    await other.connect();
    if ((await sessionOf(other)) !== first) return;
  } catch (error) {
    throw toOwnError(error);
  } finally {
    await other.end().catch(() => {});
  }
  throw new PooledDatabaseError(
    'DATABASE_URL leads to a pooler, which can not keep the lock of a migration: migrate with the URL of PostgreSQL itself',
  );
};

const sessionOf = async (client: Client): Promise<number> =>
  (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;
