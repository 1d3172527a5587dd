import { runAudit } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { accepted, countWelcomed, keepSigningUp } from './support/load.ts';
import { test } from './support/own-postgres.ts';

const patience = { timeout: 60_000, interval: 200 };

/** What the next version's migration does. Who adds a column waits for those at work, and has others wait meanwhile. */
const nextMigration = [
  "ALTER TABLE users ADD COLUMN nickname text NOT NULL DEFAULT 'none'",
  'ALTER TABLE sign_ups ADD COLUMN campaign text',
  'ALTER TABLE idempotency_keys ADD COLUMN note text',
  'ALTER TABLE sign_up_counts ADD COLUMN note text',
  "INSERT INTO schema_migrations (name, run_on) VALUES ('0999-next', now())",
];

test('columns that are added under load fail no request, and this version goes on and starts with them', async ({
  world,
  sql,
}) => {
  const stop = keepSigningUp(world, { tag: 'columns', perSecond: 50 });
  const countUsers = async () => Number((await sql('SELECT count(*)::int AS n FROM users'))[0]?.n);
  const untilMore = async () => {
    const before = await countUsers();
    await expect.poll(countUsers, patience).toBeGreaterThan(before + 20);
  };
  // Each connection has prepared its statements by then.
  await untilMore();
  for (const statement of nextMigration) {
    await sql(statement);
    await untilMore();
  }
  await world.workers[0]?.stop();
  await world.startWorker();
  const next = await world.startApi();
  const response = await world.post({ name: 'Ada', email: 'next.api@example.com' }, {}, next.url);
  expect(response.status).toBe(202);
  await untilMore();
  const answers = await stop();
  expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
  const ids = accepted(answers);
  await expect.poll(() => countWelcomed(world, ids), patience).toBe(ids.length);
  expect(world.log.match(/.*PostgreSQL refused.*/g)).toBe(null);
  expect(await runAudit(world.env)).toMatchObject({ code: 0 });
}, 120_000);
