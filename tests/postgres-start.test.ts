import { appMain, freePort, runProgram, startPostgres } from '@backend-jobs/local-services';
import { expect, onTestFinished } from 'vitest';
import { migrate, openPatientDatabase, programs, test } from './support/own-postgres.ts';

const production = {
  NODE_ENV: 'production',
  REDIS_ALLOW: 'eviction,no-persistence',
  HASH_SECRET: 'q7f3k9x2m5v8b1n4c6z0l3j7h2g5d8s1',
  ADMIN_PASSWORD: 'a-password-for-tests-of-starts',
  MAIL_FROM: 'us@example.com',
  SMTP_URL: 'smtp://127.0.0.1:1',
};

const startEmpty = async () => {
  const server = await startPostgres({ programs: programs.get() });
  onTestFinished(() => server.stop());
  return server;
};

test.for(['api', 'worker'] as const)(
  'the %s ends with a reason when its schema is too old, or too new',
  async (app, { redis }) => {
    const { url } = await startEmpty();
    const run = async () =>
      runProgram(appMain(app), {
        REDIS_URL: redis.url,
        DATABASE_URL: url,
        PORT: String(await freePort()),
        SMTP_URL: production.SMTP_URL,
      });
    const old = await run();
    expect(old.code, old.output).toBe(1);
    expect(old.output).toMatch(/too old, it lacks 0001-sign-ups: run npm run migrate/);
    await migrate(url);
    const database = openPatientDatabase(url);
    onTestFinished(() => database.close());
    await database.query({
      text: "INSERT INTO schema_migrations (name, run_on) VALUES ('0999-other.breaking', now())",
    });
    const tooNew = await run();
    expect(tooNew.code, tooNew.output).toBe(1);
    expect(tooNew.output).toMatch(/too new, it has 0999-other\.breaking/);
  },
);

test('production refuses a PostgreSQL that does not wait for the disk', async ({ redis, postgres }) => {
  const env = {
    ...production,
    REDIS_URL: redis.url,
    DATABASE_URL: postgres.url,
    PORT: String(await freePort()),
  };
  const { code, output } = await runProgram(appMain('api'), env);
  expect(code, output).toBe(1);
  expect(output).toContain('DATABASE_ALLOW=async-commit');
});

test('npm run migrate says what it has done, and why it could do nothing', async () => {
  const { url, port } = await startEmpty();
  const run = (env: Record<string, string>) => runProgram(appMain('migrate'), env);
  expect((await run({ DATABASE_URL: url })).output).toBe('Applied 0001-sign-ups\n');
  expect((await run({ DATABASE_URL: url })).output).toBe('The schema is up to date\n');
  expect(await run({})).toEqual({
    code: 2,
    output: 'DATABASE_URL is not set: there is no database to migrate\n',
  });
  const away = await run({ DATABASE_URL: url.replace(String(port), String(await freePort())) });
  expect(away.code).toBe(1);
  expect(away.output).toMatch(/^PostgreSQL: connect ECONNREFUSED/);
});
