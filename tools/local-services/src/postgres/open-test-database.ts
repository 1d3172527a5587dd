import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { findPostgres, type PostgresKind } from './find-postgres.ts';
import { startPostgres } from './start-postgres.ts';

export interface TestDatabase {
  /** Of an empty database that only the caller uses. `stop()` removes it. */
  url: string;
  stop(): Promise<void>;
}

/**
 * For tests that need any PostgreSQL: makes a database in the one that TEST_DATABASE_URL names, or else starts one.
 *
 * @throws where there is none
 */
export const openTestDatabase = async (
  kind: PostgresKind = 'system',
  env: Record<string, string | undefined> = process.env,
): Promise<TestDatabase> => {
  if (kind === 'system' && env.TEST_DATABASE_URL) return createTestDatabase(env.TEST_DATABASE_URL);
  const reports: string[] = [];
  const programs = await findPostgres(kind, { env, report: (line) => void reports.push(line) });
  if (!programs) throw new Error(`There is no PostgreSQL: install it, or set TEST_DATABASE_URL. ${reports}`);
  const server = await startPostgres({ programs });
  return { url: server.url, stop: () => server.stop() };
};

/** Makes a database in the PostgreSQL at this URL. It is a copy of what is in `template1`. */
export const createTestDatabase = async (serverUrl: string): Promise<TestDatabase> => {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const run = async (statement: string) => {
    const client = new Client(serverUrl);
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return { url: url.href, stop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
};
