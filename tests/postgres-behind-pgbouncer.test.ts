import { randomUUID } from 'node:crypto';
import {
  appMain,
  findMachinePart,
  findPgbouncer,
  type Pgbouncer,
  runAudit,
  runProgram,
  startPgbouncer,
} from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { apiKeysEnv, withKey } from './support/api-key.ts';
import { accepted, countWelcomed, keepSigningUp } from './support/load.ts';
import { test as onPostgres } from './support/own-postgres.ts';
import { openWorld, type SignUp, type World } from './support/world.ts';

const program = await findMachinePart({
  name: 'pgbouncer',
  tests: 'the service behind a pooler',
  find: (search) => findPgbouncer(search),
});

const patience = { timeout: 25_000, interval: 200 };

/** The world stands behind a pgbouncer in transaction mode. Its statements are prepared if that one can keep them. */
const test = onPostgres
  .extend('pooler', { scope: 'file' }, async ({ postgres }, { onCleanup }): Promise<Pgbouncer> => {
    const pooler = await startPgbouncer({ program: program.get(), databaseUrl: postgres.url });
    onCleanup(() => pooler.stop());
    return pooler;
  })
  .extend('world', { scope: 'file' }, async ({ pooler, redis }, { onCleanup }): Promise<World> => {
    const opened = new AsyncDisposableStack();
    onCleanup(() => opened.disposeAsync());
    return openWorld(opened, redis, {
      DATABASE_URL: pooler.url,
      DATABASE_PREPARE: program.get().canKeepStatements ? 'on' : 'off',
      RECONCILE_INTERVAL: '1s',
      RATE_LIMIT_PER_MAILBOX: 'off',
    });
  });
test.beforeEach(program.orSkip);

test('a thousand people sign up through it, twenty at once, and each is welcomed once', {
  timeout: 180_000,
}, async ({ world, sql }) => {
  const client = async (first: number) => {
    for (let number = first; number < 1_000; number += 20) await world.signUp(`pooled.${number}@example.com`);
  };
  await Promise.all(Array.from({ length: 20 }, (_, first) => client(first)));
  const welcomed = "SELECT count(*)::int AS count FROM sign_ups WHERE welcome_status = 'sent'";
  await expect.poll(() => sql(welcomed), { timeout: 60_000, interval: 200 }).toEqual([{ count: 1_000 }]);
  expect(world.smtp.messages).toHaveLength(1_000);
  expect(await runAudit(world.env)).toMatchObject({ code: 0 });
  expect(world.log).not.toContain('DATABASE_PREPARE');
});

test('an Idempotency-Key makes 200 posts at once one sign-up, and who is deleted is gone', async ({
  world,
  sql,
}) => {
  const key = randomUUID();
  const body = { name: 'Ada', email: 'pooled.key@example.com' };
  const post = async () => ((await (await world.post(body, { 'idempotency-key': key })).json()) as SignUp).id;
  const ids = new Set(await Promise.all(Array.from({ length: 200 }, post)));
  expect(ids.size).toBe(1);
  const [id = ''] = ids;
  await expect.poll(() => world.find(id), patience).toMatchObject({ welcomeEmail: { status: 'sent' } });
  const keyed = await world.startApi({ env: apiKeysEnv });
  const removed = await fetch(`${keyed.url}/users/${id}`, { method: 'DELETE', headers: withKey });
  expect(removed.status).toBe(204);
  expect(await sql(`SELECT * FROM users WHERE id = '${id}'`)).toEqual([]);
  expect(await world.hasUser(body.email)).toBe(false);
});

test('while it is away, or PostgreSQL behind it, requests are refused in time, and nothing is lost', async ({
  world,
  pooler,
  postgres,
}) => {
  const ready = () => fetch(`${world.apiUrl}/readyz`).then(({ status }) => status);
  const stop = keepSigningUp(world, { tag: 'pooled-outage', perSecond: 40 });
  for (const part of [pooler, postgres]) {
    await part.kill();
    await expect.poll(ready).toBe(503);
    await part.restart();
    await expect.poll(ready).toBe(200);
  }
  const answers = await stop();
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 503]));
  const refused = answers.filter(({ status }) => status === 503);
  expect(Math.max(...refused.map(({ waitedMs }) => waitedMs))).toBeLessThan(800);
  const ids = accepted(answers);
  await expect.poll(() => countWelcomed(world, ids), patience).toBe(ids.length);
  expect(await runAudit(world.env)).toMatchObject({ code: 0 });
});

test('where it keeps no prepared statements, the service and the doctor say which variable helps', async ({
  postgres,
  redis,
  onTestFinished,
}) => {
  const pooler = await startPgbouncer({
    program: program.get(),
    databaseUrl: postgres.url,
    keepsStatements: false,
  });
  onTestFinished(() => pooler.stop());
  await using opened = new AsyncDisposableStack();
  const prefix = `{prepared-${randomUUID()}}`;
  const world = await openWorld(
    opened,
    { url: redis.url, serviceUrl: redis.serviceUrl, prefix },
    { DATABASE_URL: pooler.url },
  );
  const post = (number: number) => world.post({ name: 'Ada', email: `prepared.${number}@example.com` });
  const statuses = new Set<number>();
  for (let number = 0; number < 40; number += 4) {
    const answers = await Promise.all([0, 1, 2, 3].map((more) => post(number + more)));
    for (const { status } of answers) statuses.add(status);
  }
  await expect.poll(() => world.log).toMatch(/"reason":"[^"]*set DATABASE_PREPARE=off/);
  expect([...statuses].filter((status) => status !== 202 && status !== 503)).toEqual([]);
  const examine = async (more: Record<string, string> = {}) =>
    (await runProgram(appMain('doctor'), { ...world.env, ...more })).output;
  expect(await examine()).toMatch(/^FAILED {2}statements .*set DATABASE_PREPARE=off/m);
  expect(await examine({ DATABASE_PREPARE: 'off' })).toMatch(/^ok {6}statements .*not prepared/m);
});
