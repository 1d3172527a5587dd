import { openTestDatabase } from '../../src/postgres/open-test-database.ts';

/** Starts a PostgreSQL, prints its URL, and keeps running. */
const database = await openTestDatabase('system', {});
process.stdout.write(`${database.url}\n`);
