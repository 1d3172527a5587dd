import {
  appMain,
  findMachinePart,
  findPostgres,
  type PostgresServer,
  runProgram,
  startPostgres,
  startTestRedis,
  type TestRedisServer,
} from '@backend-jobs/local-services';
import type { Row } from '@backend-jobs/postgres';
import { Redis } from 'ioredis';
import { test as base, expect } from 'vitest';
import { openPatientDatabase } from './test-store.ts';
import { openWorld, type World } from './world.ts';

export const programs = await findMachinePart({
  name: 'PostgreSQL',
  tests: 'the service on PostgreSQL',
  find: (search) => findPostgres('system', search),
});

export const { orSkip } = programs;
export const hasPostgres = await findPostgres('system').then((found) => found !== undefined);

export const migrate = async (databaseUrl: string): Promise<void> => {
  const { code, output } = await runProgram(appMain('migrate'), { DATABASE_URL: databaseUrl });
  expect(code, output).toBe(0);
};

/** The user of the service has the rights that it needs, and can be limited by himself. */
export const service = 'backend_jobs';

/**
 * A world on PostgreSQL, whose database and Redis can be killed, frozen and emptied. `sql` is the database, and
 * `connection` its Redis, as somebody sees them who looks into them by hand.
 */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: how vitest wants to be told that a fixture needs no other
  .extend('postgres', { scope: 'file' }, async ({}, { onCleanup }): Promise<PostgresServer> => {
    const server = await startPostgres({ programs: programs.get() });
    onCleanup(() => server.stop());
    await migrate(server.url);
    const database = openPatientDatabase(server.url);
    const rights = 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public';
    await database.query({ text: `CREATE ROLE ${service} LOGIN; ${rights} TO ${service}` });
    await database.close();
    return server;
  })
  // biome-ignore lint/correctness/noEmptyPattern: how vitest wants to be told that a fixture needs no other
  .extend('redis', { scope: 'file' }, async ({}, { onCleanup }): Promise<TestRedisServer> => {
    const redis = await startTestRedis();
    onCleanup(() => redis.stop());
    return redis;
  })
  .extend('world', { scope: 'file' }, async ({ postgres, redis }, { onCleanup }): Promise<World> => {
    const opened = new AsyncDisposableStack();
    onCleanup(() => opened.disposeAsync());
    return openWorld(opened, redis, {
      DATABASE_URL: postgres.url.replace('//postgres@', `//${service}@`),
      RECONCILE_INTERVAL: '1s',
      RATE_LIMIT_PER_MAILBOX: 'off',
    });
  })
  .extend('connection', { scope: 'file' }, async ({ redis }, { onCleanup }) => {
    const connection = new Redis(redis.url);
    connection.on('error', () => {}); // tests kill it
    onCleanup(() => connection.disconnect());
    return connection;
  })
  .extend('sql', { scope: 'file' }, async ({ postgres }, { onCleanup }) => {
    const database = openPatientDatabase(postgres.url);
    onCleanup(() => database.close());
    return (text: string): Promise<Row[]> => database.query({ text });
  });
test.beforeEach(orSkip);
