import { randomUUIDv7 } from 'node:crypto';
import {
  appMain,
  type PostgresServer,
  runProgram,
  startPostgres,
  startTestRedis,
  type TestRedisServer,
} from '@backend-jobs/local-services';
import type { Database } from '@backend-jobs/postgres';
import { oneShard } from '@backend-jobs/redis';
import { openStores } from '@backend-jobs/sign-ups';
import { Redis } from 'ioredis';
import { test as base, expect, vi } from 'vitest';
import { createRedisNames, noNames } from '../apps/move-users/src/names.ts';
import { createRedisReader } from '../apps/move-users/src/read-redis.ts';
import { createReconciler } from '../apps/move-users/src/reconcile.ts';
import { countsTable, keysTable, signUpsTable, usersTable } from '../apps/move-users/src/tables.ts';
import { takeTurn } from '../apps/move-users/src/turn.ts';
import { moveUsers, seedSignUps } from './support/move-users.ts';
import { migrate, orSkip, programs } from './support/own-postgres.ts';
import { openPatientDatabase } from './support/test-store.ts';

/** A Redis with 22 sign-ups, and an empty database. */
const test = base
  // biome-ignore lint/correctness/noEmptyPattern: how vitest wants to be told that a fixture needs no other
  .extend('postgres', { scope: 'file' }, async ({}, { onCleanup }): Promise<PostgresServer> => {
    const server = await startPostgres({ programs: programs.get() });
    onCleanup(() => server.stop());
    return server;
  })
  .extend('database', { scope: 'file' }, async ({ postgres }, { onCleanup }): Promise<Database> => {
    const database = openPatientDatabase(postgres.url);
    onCleanup(() => database.close());
    return database;
  })
  // biome-ignore lint/correctness/noEmptyPattern: how vitest wants to be told that a fixture needs no other
  .extend('server', async ({}, { onCleanup }): Promise<TestRedisServer> => {
    const server = await startTestRedis();
    onCleanup(() => server.stop());
    return server;
  })
  .extend('redis', async ({ server }, { onCleanup }): Promise<Redis> => {
    const connection = new Redis(server.url);
    onCleanup(() => connection.disconnect());
    return connection;
  })
  .extend('env', async ({ postgres, server, redis, database }): Promise<Record<string, string>> => {
    await migrate(postgres.url);
    await database.query({
      text: 'TRUNCATE sign_ups, users, idempotency_keys, sign_up_counts, user_moves',
    });
    await seedSignUps(redis, {}, 22);
    return { NODE_ENV: 'test', REDIS_URL: server.serviceUrl, DATABASE_URL: postgres.url };
  });
test.beforeEach(orSkip);
// Each of them runs several processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const textOf = async (row: Promise<unknown>) => JSON.stringify(await row);
const countUsers = async (database: Database) =>
  Number((await database.query({ text: 'SELECT count(*) AS n FROM users' }))[0]?.n);

test('without a copy before it, the last step does everything', async ({ env, database }) => {
  const finish = await moveUsers(env, ['--finish']);
  expect(finish).toMatchObject({ code: 0, output: expect.stringContaining(', 0 differ') });
  expect(await countUsers(database)).toBeGreaterThan(10);
  expect(await moveUsers(env)).toMatchObject({ code: 1, output: expect.stringContaining('nothing to do') });
  expect(await moveUsers(env, ['--undo'])).toMatchObject({ code: 1 });
  expect(await moveUsers({ ...env, KEY_PREFIX: '{other}' }, ['--forget'])).toMatchObject({ code: 1 });
});

test('refuses a database that has other sign-ups, one of another move, and a Redis that has none', async ({
  env,
  database,
  redis,
}) => {
  const empty = await moveUsers({ ...env, KEY_PREFIX: '{other}' });
  expect(empty).toMatchObject({ code: 1, output: expect.stringContaining('Redis has no sign-ups') });
  await database.query({
    text: "INSERT INTO sign_ups (id, outcome) VALUES ('019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10', 'failed')",
  });
  const foreign = await moveUsers(env);
  expect(foreign).toMatchObject({ code: 1, output: expect.stringContaining('not from this Redis') });
  await redis.set('{backend-jobs}:move', 'copying 019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10');
  const other = await moveUsers(env, ['--finish']);
  expect(other).toMatchObject({ code: 1, output: expect.stringContaining('A move to another database') });
});

test('refuses a schema of another version, and arguments that it does not know', async ({
  env,
  database,
}) => {
  const name = '0999-other.breaking';
  await database.query({ text: 'INSERT INTO schema_migrations (name, run_on) VALUES ($1, now())' }, [name]);
  const old = await moveUsers(env);
  await database.query({ text: 'DELETE FROM schema_migrations WHERE name = $1' }, [name]);
  expect(old).toMatchObject({ code: 1, output: expect.stringContaining('too new') });
  expect(await moveUsers(env, ['--finsh'])).toMatchObject({ code: 2 });
  const { DATABASE_URL: _, ...without } = env;
  expect(await moveUsers(without)).toMatchObject({
    code: 2,
    output: expect.stringContaining('DATABASE_URL'),
  });
});

test('a process that looks for the users where they are not refuses to start', async ({ env }) => {
  const { DATABASE_URL: _, ...onRedis } = env;
  const start = (app: 'api' | 'worker', more: Record<string, string>) =>
    runProgram(appMain(app), { ...more, SMTP_URL: 'smtp://127.0.0.1:9', PORT: '0', LOG_LEVEL: 'fatal' });
  expect((await moveUsers(env)).code).toBe(0);
  for (const app of ['api', 'worker'] as const) {
    const early = await start(app, env);
    expect(early).toMatchObject({ code: 1, output: expect.stringContaining('unset DATABASE_URL until') });
  }
  expect((await moveUsers(env, ['--finish'], { killAt: 'Verifying' })).code).toBe('SIGKILL');
  const between = await start('worker', onRedis);
  expect(between).toMatchObject({ code: 1, output: expect.stringContaining('are just being moved') });
  expect((await moveUsers(env, ['--finish'])).code).toBe(0);
  for (const app of ['api', 'worker'] as const) {
    const late = await start(app, onRedis);
    expect(late).toMatchObject({ code: 1, output: expect.stringContaining('set DATABASE_URL') });
  }
});

test('what differs is named, and the users stay in Redis; an undone move leaves nothing behind', async ({
  env,
  database,
  redis,
}) => {
  // Two people with one address, as a HASH_SECRET that was changed without npm run rekey makes them.
  const [first, second] = await redis.zrange('{backend-jobs}:users', '0', '1');
  const email = await redis.hget(`{backend-jobs}:sign-up:${first}`, 'email');
  await redis.hset(`{backend-jobs}:sign-up:${second}`, { email: email?.toLowerCase() });
  const finish = await moveUsers(env, ['--finish']);
  expect(finish).toMatchObject({ code: 1, output: expect.stringMatching(/[12] differ.*users 0/s) });
  expect(finish.output).not.toContain('example.com');
  expect(await redis.get('{backend-jobs}:move')).toMatch(/^copying /);
  expect(await moveUsers(env, ['--undo'])).toMatchObject({ code: 0 });
  expect(await redis.exists('{backend-jobs}:move')).toBe(0);
  expect(
    await textOf(database.query({ text: 'SELECT id FROM sign_ups UNION SELECT id FROM user_moves' })),
  ).toBe('[]');
  expect(await moveUsers(env, ['--undo'])).toMatchObject({ code: 1 });
});

test('every column of the tables is moved', async ({ env, database }) => {
  expect((await moveUsers(env, ['--finish'])).code).toBe(0);
  const columns = await database.query({
    text: `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
      WHERE table_name IN ('sign_ups', 'users', 'idempotency_keys', 'sign_up_counts') ORDER BY 1`,
  });
  const moved = [countsTable, keysTable, signUpsTable, usersTable].flatMap(({ name, key, columns, endsAt }) =>
    [key, ...columns, ...(endsAt ? [endsAt] : [])].map((column) => `${name}.${column}`),
  );
  expect(moved.sort()).toEqual(columns.map(({ name }) => name));
});

test('a move that another one has taken over from changes nothing more', async ({ env, database, redis }) => {
  expect((await moveUsers(env)).code).toBe(0);
  const take = () =>
    takeTurn({ connection: redis, keyPrefix: '{backend-jobs}', database, hasSignUps: async () => true });
  const [first, second] = [await take(), await take()];
  expect(await database.transaction(first.isMine)).toBe(false);
  await expect(first.keep('5')).rejects.toThrow('has taken over');
  expect(await database.transaction(second.isMine)).toBe(true);
  await second.finish();
  expect(await database.transaction(second.isMine)).toBe(false);
  const reconcile = createReconciler(database, {
    read: createRedisReader(redis, createRedisNames('{backend-jobs}')),
    isMine: second.isMine,
  });
  const [id = ''] = await redis.zrange('{backend-jobs}:users', '0', '0');
  await redis.hset(`{backend-jobs}:sign-up:${id}`, { name: 'Changed' });
  await expect(reconcile({ ...noNames, signUps: [id] }, 'repair')).rejects.toThrow('has taken over');
  const [row] = await database.query({ text: 'SELECT name FROM users WHERE id = $1' }, [id]);
  expect(row?.name).not.toBe('Changed');
});

test('who has an address now takes the place of who had it when it was copied', async ({
  env,
  database,
  redis,
}) => {
  expect((await moveUsers(env)).code).toBe(0);
  const { signUpStore } = openStores(oneShard(redis, '{backend-jobs}'), { hashSecret: 'not-a-secret' });
  const [former = ''] = await redis.zrange('{backend-jobs}:users', '0', '0');
  const email = (await redis.hget(`{backend-jobs}:sign-up:${former}`, 'email')) ?? '';
  await signUpStore.delete(former);
  const heir = randomUUIDv7();
  await signUpStore.create(heir, { name: 'Heir', email, locale: 'en' });
  const reconcile = createReconciler(database, {
    read: createRedisReader(redis, createRedisNames('{backend-jobs}')),
    isMine: async () => true,
  });
  // As it happens when the two are far apart in Redis.
  await reconcile({ ...noNames, signUps: [heir] }, 'repair');
  const rows = await database.query({ text: 'SELECT id::text FROM users WHERE email = $1' }, [email]);
  expect(rows).toEqual([{ id: heir }]);
});
