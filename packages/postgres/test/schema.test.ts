import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { migrate, parseDatabaseUrl, requireSchema, SchemaError } from '../src/index.ts';
import { test } from './support/test-database.ts';

const folderWith = async (migrations: Record<string, string>): Promise<URL> => {
  const folder = await mkdtemp(join(tmpdir(), 'backend-jobs-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, sql] of Object.entries(migrations)) await writeFile(join(folder, `${name}.sql`), sql);
  return pathToFileURL(`${folder}/`);
};

const first = { '0001-first': 'CREATE TABLE first (id int); SELECT pg_sleep(0.2);' };
const second = { ...first, '0002-second': 'ALTER TABLE first ADD COLUMN name text;' };
const third = { ...second, '0003-third.breaking': 'ALTER TABLE first DROP COLUMN name;' };

test('one of eight who migrate at once does it, and the others find it done', async ({ server, open }) => {
  const address = parseDatabaseUrl(server.url, { isProduction: false });
  const { query } = open().database;
  const folder = await folderWith(first);
  await expect(requireSchema(query, folder)).rejects.toThrow(/too old, it lacks 0001-first/);
  const done = await Promise.all(Array.from({ length: 8 }, () => migrate(address, folder)));
  expect(done.flat()).toEqual(['0001-first']);
  await requireSchema(query, folder);
});

test('a version lives with a later migration that is not breaking, and with no other', async ({
  server,
  open,
}) => {
  const address = parseDatabaseUrl(server.url, { isProduction: false });
  const { query } = open().database;
  const [old, next, breaking] = await Promise.all([first, second, third].map(folderWith));
  await migrate(address, next as URL);
  await requireSchema(query, old as URL);
  await migrate(address, breaking as URL);
  await requireSchema(query, breaking as URL);
  await expect(requireSchema(query, old as URL)).rejects.toThrow(SchemaError);
  await expect(requireSchema(query, next as URL)).rejects.toThrow(/too new, it has 0003-third\.breaking/);
});

test('a migration that fails leaves nothing, and its error says why', async ({ server, open }) => {
  const folder = await folderWith({ ...third, '0004-broken': 'CREATE TABLE half (id int); SELECT nothing;' });
  const migrated = migrate(parseDatabaseUrl(server.url, { isProduction: false }), folder);
  await expect(migrated).rejects.toThrow(/column "nothing" does not exist/);
  const [table] = await open().database.query({ text: "SELECT to_regclass('half') AS half" });
  expect(table).toEqual({ half: null });
});
