import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { appMain, freePort, runProgram, startPostgres } from '@backend-jobs/local-services';
import { expect, onTestFinished } from 'vitest';
import { migrate, programs, test } from './support/own-postgres.ts';
import { openPatientDatabase } from './support/test-store.ts';
import { openWorld } from './support/world.ts';

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
        REDIS_URL: redis.serviceUrl,
        DATABASE_URL: url,
        PORT: String(await freePort()),
        SMTP_URL: production.SMTP_URL,
      });
    const old = await run();
    expect(old.code, old.output).toBe(1);
    expect(old.output).toMatch(/too old, it lacks 0001-sign-ups, 0002-user-moves: run npm run migrate/);
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
    REDIS_URL: redis.serviceUrl,
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
  expect((await run({ DATABASE_URL: url })).output).toBe('Applied 0001-sign-ups, 0002-user-moves\n');
  expect((await run({ DATABASE_URL: url })).output).toBe('The schema is up to date\n');
  expect(await run({})).toEqual({
    code: 2,
    output: 'DATABASE_URL is not set: there is no database to migrate\n',
  });
  const away = await run({ DATABASE_URL: url.replace(String(port), String(await freePort())) });
  expect(away.code).toBe(1);
  expect(away.output).toMatch(/^PostgreSQL: connect ECONNREFUSED/);
});

test('the roles of docs/postgres.md have the rights that the service needs, and the service no others', async ({
  redis,
}) => {
  await using opened = new AsyncDisposableStack();
  const page = readFileSync(new URL('../docs/postgres.md', import.meta.url), 'utf8');
  const [roles = '', grants = ''] = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, text = '']) => text);
  const { url } = await startEmpty();
  const as = (role: string) => url.replace('//postgres@', `//${role}@`).replace(/\/postgres$/, '/sign_ups');
  const runAll = async (at: string, text: string) => {
    await using stack = new AsyncDisposableStack();
    const database = openPatientDatabase(at);
    stack.defer(() => database.close());
    for (const statement of text.split(';').filter((each) => each.trim()))
      await database.query({ text: statement });
  };
  await runAll(url, roles);
  await migrate(as('backend_jobs_owner'));
  await runAll(as('backend_jobs_owner'), grants);
  const prefix = `{roles-${randomUUID()}}`;
  const world = await openWorld(
    opened,
    { url: redis.url, serviceUrl: redis.serviceUrl, prefix },
    { DATABASE_URL: as('backend_jobs'), RECONCILE_INTERVAL: '1s' },
  );
  const id = await world.signUp('roles@example.com');
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
  await expect.poll(() => world.log).toMatch(/"report":\{[^}]*"expired":0/);
  expect(world.log).not.toMatch(/permission denied/);
  const asService = openPatientDatabase(as('backend_jobs'));
  opened.defer(() => asService.close());
  const [{ may }] = (await asService.query({
    text: "SELECT has_table_privilege('users', 'TRUNCATE') OR has_schema_privilege('public', 'CREATE') AS may",
  })) as [{ may: boolean }];
  expect(may).toBe(false);
});
