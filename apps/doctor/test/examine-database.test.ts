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
import { migrate, openDatabase, parseDatabaseUrl, patient } from '@backend-jobs/postgres';
import { migrations } from '@backend-jobs/sign-ups';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const programs = await findMachinePart({
  name: 'PostgreSQL',
  tests: 'the doctor beside a PostgreSQL',
  find: (search) => findPostgres('system', search),
});

/** The doctor runs up to three times in a test, each time as a program that is loaded anew. */
describe('npm run doctor, of PostgreSQL', { timeout: 180_000 }, () => {
  const opened = new AsyncDisposableStack();
  let redis: TestRedisServer;
  let server: PostgresServer;
  beforeEach(programs.orSkip);
  beforeAll(async () => {
    const started = await startTestRedis();
    opened.defer(() => started.stop());
    redis = started;
    server = await startPostgres({ programs: programs.get(), settings: { fsync: 'on' } });
    opened.defer(() => server.stop());
  });
  afterAll(() => opened.disposeAsync());

  const examine = async (url = server.url) =>
    (await runProgram(appMain('doctor'), { REDIS_URL: redis.serviceUrl, DATABASE_URL: url })).output;
  const run = async (...statements: string[]) => {
    const address = parseDatabaseUrl(server.url, { isProduction: false });
    const database = openDatabase(address, { name: 'test', poolSize: 1, ...patient });
    for (const text of statements) await database.query({ text });
    await database.close();
  };

  test('names a schema that is too old, and the command that helps', async () => {
    expect(await examine()).toMatch(
      /^FAILED {2}schema .*lacks 0001-sign-ups, 0002-user-moves: run npm run migrate/m,
    );
  });

  test('finds nothing wrong with one that works, and names what it looked at', async () => {
    await migrate(parseDatabaseUrl(server.url, { isProduction: false }), migrations);
    const output = await examine();
    expect(output).toMatch(new RegExp(`^ok {6}database {4}PostgreSQL ${server.version}`, 'm'));
    expect(output).toMatch(/^ok {6}schema {6}0002-user-moves$/m);
    for (const step of ['rights', 'disk', 'clock'])
      expect(output).toMatch(new RegExp(`^ok {6}${step} .*(rows|disk|PostgreSQL)`, 'm'));
  });

  test('names missing rights, a replica, and one that can not be reached', async () => {
    await run(
      'CREATE ROLE reader LOGIN',
      'GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader',
      'CREATE ROLE replica LOGIN',
      'ALTER ROLE replica SET default_transaction_read_only = on',
    );
    const as = (role: string) => server.url.replace('//postgres@', `//${role}@`);
    expect(await examine(as('reader'))).toMatch(/^FAILED {2}rights .*\n +Give it the rights/m);
    expect(await examine(as('replica'))).toMatch(/^FAILED {2}database .*replica/m);
    expect(await examine(as('nobody'))).toMatch(
      /^FAILED {2}database .*nobody.*\n +Start PostgreSQL, or correct/m,
    );
  });

  test('names one that answers before it has written', async () => {
    await run('ALTER ROLE postgres SET synchronous_commit = off');
    expect(await examine()).toMatch(/^FAILED {2}disk .*synchronous_commit/m);
  });
});
