import { inspect } from 'node:util';
import { expect } from 'vitest';
import { DatabaseFault, patient } from '../src/index.ts';
import { test } from './support/test-database.ts';

test.for([
  ['a violated constraint', 'INSERT INTO people VALUES ($1)'],
  ['a value of another type', 'SELECT $1::text::int'],
  ['a value that is too long', 'INSERT INTO short SELECT $1'],
  ['a table that there is not', 'SELECT $1::text FROM nobody'],
])('%s is a fault that quotes no value', async ([, text = ''], { open }) => {
  const { database, news } = open();
  await database.query({ text: 'CREATE TABLE IF NOT EXISTS people (email text PRIMARY KEY)' });
  await database.query({ text: 'CREATE TABLE IF NOT EXISTS short (email varchar(3))' });
  await database.query({ text: "INSERT INTO people VALUES ('canary@example.com') ON CONFLICT DO NOTHING" });
  const error = await database.query({ text }, ['canary@example.com']).catch((reason) => reason);
  expect(error).toBeInstanceOf(DatabaseFault);
  expect(error.message).toMatch(/^PostgreSQL refused a statement with \w{5}/);
  expect(inspect(error, { depth: null, showHidden: true }) + error.stack).not.toContain('canary');
  expect(news).toEqual([]);
});

test('a transaction that fails changes nothing, and its connection can be used again', async ({ open }) => {
  const { database } = open({ poolSize: 1 });
  await database.query({ text: 'CREATE TABLE sums (number int UNIQUE)' });
  const doubled = database.transaction(async (query) => {
    await query({ text: 'INSERT INTO sums VALUES (1)' });
    await query({ text: 'INSERT INTO sums VALUES (1)' });
  });
  await expect(doubled).rejects.toMatchObject({ code: '23505', constraint: 'sums_number_key' });
  expect(await database.query({ text: 'SELECT * FROM sums' })).toEqual([]);
});

test("an error of the caller's own ends its transaction, and is no outage", async ({ open }) => {
  const { database, news } = open({ mode: patient, poolSize: 1 });
  await database.query({ text: 'CREATE TABLE orders (number int)' });
  const refusal = new Error('too late');
  const ordered = database.transaction(async (query) => {
    await query({ text: 'INSERT INTO orders VALUES (1)' });
    throw refusal;
  });
  await expect(ordered).rejects.toBe(refusal);
  expect(await database.query({ text: 'SELECT * FROM orders' })).toEqual([]);
  expect(news).toEqual([]);
});

test.for(['P0001', '23505', '42P01', '42501', '57014'])(
  "nothing that a function of the team's says is quoted, when it raises %s",
  async (code, { open }) => {
    const { database, news } = open();
    await database.query({
      text: `CREATE OR REPLACE FUNCTION refuse(who text) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'not %', who USING ERRCODE = '${code}', CONSTRAINT = who, DETAIL = who; END $$`,
    });
    const error = await database
      .query({ text: 'SELECT refuse($1)' }, ['canary@example.com'])
      .catch((reason) => reason);
    expect(error.message).toBe(`PostgreSQL refused a statement with ${code}`);
    expect(inspect([error, news], { depth: null, showHidden: true }) + error.stack).not.toContain('canary');
  },
);
