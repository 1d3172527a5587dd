import { findMachinePart, findPgbouncer, startPgbouncer } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { DatabaseOutage, migrate, parseDatabaseUrl } from '../src/index.ts';
import { test } from './support/test-database.ts';

const pgbouncer = await findMachinePart({
  name: 'pgbouncer',
  tests: 'a migration through a pooler',
  find: (search) => findPgbouncer(search),
});
const named = { name: 'named', text: 'SELECT $1::int AS number' };

test('a statement that a pooler has lost is an outage, whose reason names the variable that helps', async ({
  open,
}) => {
  const { database, news } = open({ poolSize: 1 });
  await database.query(named, [1]);
  await database.query({ text: 'DEALLOCATE ALL' });
  const error = await database.query(named, [2]).catch((reason) => reason);
  expect(error).toBeInstanceOf(DatabaseOutage);
  expect(news).toEqual([expect.stringMatching(/set DATABASE_PREPARE=off/)]);
});

test('without DATABASE_PREPARE no statement has a name', async ({ open }) => {
  const { database } = open({ poolSize: 1, prepares: false });
  expect(await database.query(named, [1])).toEqual([{ number: 1 }]);
  expect(await database.query({ text: 'SELECT name FROM pg_prepared_statements' })).toEqual([]);
});

test('a migration through a pooler is refused, since it could not keep out another one', async ({
  server,
  skip,
  onTestFinished,
}) => {
  pgbouncer.orSkip({ skip });
  const pooler = await startPgbouncer({ program: pgbouncer.get(), databaseUrl: server.url });
  onTestFinished(() => pooler.stop());
  const address = parseDatabaseUrl(pooler.url, { isProduction: false });
  const folder = new URL('../../sign-ups/src/postgres/migrations/', import.meta.url);
  await expect(migrate(address, folder)).rejects.toThrow('DATABASE_URL leads to a pooler');
});
