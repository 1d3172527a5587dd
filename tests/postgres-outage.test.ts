import { setTimeout as sleep } from 'node:timers/promises';
import { type PostgresServer, startWire } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { type Answer, accepted, countWelcomed, keepSigningUp } from './support/load.ts';
import { service, test } from './support/own-postgres.ts';
import type { SignUp, World } from './support/world.ts';

type Sql = (text: string) => Promise<Record<string, unknown>[]>;

const patience = { timeout: 60_000, interval: 200 };
const timeout = 180_000;

const ready = (world: World) => fetch(`${world.apiUrl}/readyz`).then(({ status }) => status);

/** All that was accepted is made and mailed, once; all else was refused in time, and nothing has failed. */
const expectAllWell = async (world: World, answers: Answer[], sql: Sql): Promise<string[]> => {
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 503]));
  const refused = answers.filter(({ status }) => status === 503);
  expect(Math.max(...refused.map(({ waitedMs }) => waitedMs))).toBeLessThan(800);
  expect(refused.every(({ retryAfter }) => retryAfter === '1')).toBe(true);
  const ids = accepted(answers);
  await expect.poll(() => countWelcomed(world, ids), patience).toBe(ids.length);
  // What was refused may have been committed all the same: then it is made, too.
  const text =
    "SELECT outcome, count(*)::int AS count FROM sign_ups WHERE outcome <> 'created' GROUP BY outcome";
  await expect.poll(() => sql(text), patience).toEqual([]);
  const mailed = new Map<string, number>();
  for (const { to } of world.smtp.messages) mailed.set(String(to), (mailed.get(String(to)) ?? 0) + 1);
  expect([...mailed].filter(([, count]) => count > 1)).toEqual([]);
  return ids;
};

test('PostgreSQL is killed three times under 200 sign-ups a second: each refusal comes in time, and all end', {
  timeout,
}, async ({ world, postgres, sql }) => {
  await world.signUp('warm.up@example.com');
  const stop = keepSigningUp(world, { tag: 'killed', perSecond: 200 });
  const statusOfBadRequest = async () => (await world.post({ name: 'Ada', email: 'not an address' })).status;
  const countUsers = async () => Number((await sql('SELECT count(*)::int AS n FROM users'))[0]?.n);
  for (let kills = 0; kills < 3; kills += 1) {
    const before = await countUsers();
    await expect.poll(countUsers, patience).toBeGreaterThan(before + 20);
    await postgres.kill();
    await expect.poll(() => ready(world)).toBe(503);
    expect(await statusOfBadRequest()).toBe(400);
    await postgres.restart();
    await expect.poll(() => ready(world)).toBe(200);
  }
  await expectAllWell(world, await stop(), sql);
});

const endSessions = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${service}'`;

interface Away {
  begin(postgres: PostgresServer, sql: Sql): Promise<unknown>;
  end(postgres: PostgresServer, sql: Sql): Promise<unknown>;
  /** What the worker says of it. */
  reason: RegExp;
}

const aways: Record<string, Away> = {
  'is frozen for half a minute': {
    begin: (postgres) => postgres.freeze(),
    end: (postgres) => sleep(30_000).then(() => postgres.thaw()),
    reason: /no reply after/,
  },
  'takes no writes': {
    begin: (_, sql) =>
      sql(`ALTER ROLE ${service} SET default_transaction_read_only = on`).then(() => sql(endSessions)),
    end: (_, sql) =>
      sql(`ALTER ROLE ${service} RESET default_transaction_read_only`).then(() => sql(endSessions)),
    reason: /read-only transaction|administrator command/,
  },
  'has no connection left': {
    begin: (_, sql) => sql(`ALTER ROLE ${service} CONNECTION LIMIT 0`).then(() => sql(endSessions)),
    end: (_, sql) => sql(`ALTER ROLE ${service} CONNECTION LIMIT -1`),
    reason: /too many connections|administrator command/,
  },
};

test.for(Object.entries(aways))(
  'PostgreSQL %s: nothing fails, and no attempt of a job is spent, so that it may last',
  { timeout },
  async ([name, { begin, end, reason }], { world, postgres, sql }) => {
    const attempts = async (id: string) =>
      (await world.job('users', id)) as { attempts?: number } | undefined;
    const tag = name.replaceAll(' ', '.');
    const stop = keepSigningUp(world, { tag, perSecond: 40 });
    const undisturbed = await world.signUp(`${tag}.undisturbed@example.com`);
    await expect.poll(() => countWelcomed(world, [undisturbed]), patience).toBe(1);
    await expect.poll(() => world.job('users', undisturbed)).toMatchObject({ returnValue: {} });
    const before = world.log.length;
    // Where it has no job at that moment, it notices when it is asked.
    const awayOfWorker = async () => {
      await fetch(`${world.workers[0]?.healthUrl}/readyz`);
      return world.log
        .slice(before)
        .split('\n')
        .filter((line) => line.includes('"process":"worker"') && line.includes('PostgreSQL is away'))
        .join('\n');
    };
    await begin(postgres, sql);
    try {
      await expect.poll(() => ready(world)).toBe(503);
      await expect.poll(awayOfWorker, patience).toMatch(reason);
    } finally {
      await end(postgres, sql);
    }
    await expect.poll(() => ready(world), patience).toBe(200);
    const ids = await expectAllWell(world, await stop(), sql);
    const { attempts: usual } = (await attempts(undisturbed)) ?? {};
    const spent = new Set((await Promise.all(ids.map(attempts))).map((job) => job?.attempts ?? usual));
    expect([...spent]).toEqual([usual]);
  },
);

test('an Idempotency-Key has one sign-up, where the connections to PostgreSQL break in the middle of it', {
  timeout,
}, async ({ world, postgres, sql, onTestFinished }) => {
  const wire = await startWire(postgres.port);
  onTestFinished(() => wire.stop());
  const url = new URL(world.env.DATABASE_URL as string);
  url.port = String(wire.port);
  const api = await world.startApi({ env: { DATABASE_URL: url.href } });
  // By turns the statement does not arrive, its answer does not, and both do.
  let asked = 0;
  let broken = 0;
  let isAnswerLost = false;
  wire.watch = ({ direction, text }) => {
    if (direction === 'request' && text.includes('accept-sign-up')) {
      asked += 1;
      isAnswerLost = asked % 3 === 2;
      if (asked % 3 !== 1) return true;
    } else if (direction === 'request' || !isAnswerLost) return true;
    isAnswerLost = false;
    broken += 1;
    return false;
  };
  const idsOf = async (email: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let tries = 0; ids.length < 3 && tries < 100; tries += 1) {
      const response = await world.post({ name: 'Ada', email }, { 'idempotency-key': email }, api.url);
      expect([202, 503]).toContain(response.status);
      if (response.status === 202) ids.push(((await response.json()) as SignUp).id);
    }
    return ids;
  };
  const emails = Array.from({ length: 10 }, (_, index) => `cut.${index}@example.com`);
  const answers = await Promise.all(emails.map(idsOf));
  wire.watch = () => true;
  expect(broken).toBeGreaterThan(5);
  for (const ids of answers) expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
  const ids = answers.map(([id = '']) => id);
  await expect.poll(() => countWelcomed(world, ids), patience).toBe(ids.length);
  const rows = await sql("SELECT count(*)::int AS count FROM users WHERE email LIKE 'cut.%'");
  expect(rows).toEqual([{ count: emails.length }]);
  expect(await sql(`SELECT id FROM sign_ups WHERE outcome = 'rejected'`)).toEqual([]);
});
