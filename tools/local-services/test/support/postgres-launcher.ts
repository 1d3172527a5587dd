import type { PostgresKind } from '../../src/postgres/find-postgres.ts';
import { openTestDatabase } from '../../src/postgres/open-test-database.ts';

/** Starts a PostgreSQL of the kind in its argument, prints its URL, and keeps running. */
const database = await openTestDatabase(process.argv[2] as PostgresKind, { PATH: process.env.PATH });
process.stdout.write(`${database.url}\n`);
