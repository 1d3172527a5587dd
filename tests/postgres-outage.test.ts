import { expect } from 'vitest';
import { accepted, countWelcomed, keepSigningUp } from './support/load.ts';
import { test } from './support/own-postgres.ts';

const patience = { timeout: 25_000, interval: 200 };

test('while PostgreSQL is away each request is refused in time, and nothing that was accepted fails', async ({
  world,
  postgres,
  sql,
}) => {
  await world.signUp('warm.up@example.com');
  const stop = keepSigningUp(world, { tag: 'outage', perSecond: 40 });
  const ready = () => fetch(`${world.apiUrl}/readyz`).then(({ status }) => status);
  const statusOfBadRequest = async () => (await world.post({ name: 'Ada', email: 'not an address' })).status;
  for (let kills = 0; kills < 2; kills += 1) {
    await expect
      .poll(async () => (await sql('SELECT count(*)::int AS n FROM users'))[0]?.n)
      .toBeGreaterThan(20 * kills);
    await postgres.kill();
    await expect
      .poll(() =>
        world.post({ name: 'Ada', email: `away.${kills}@example.com` }).then(({ status }) => status),
      )
      .toBe(503);
    await expect.poll(ready).toBe(503);
    expect(await statusOfBadRequest()).toBe(400);
    await postgres.restart();
    await expect.poll(ready).toBe(200);
  }
  await postgres.freeze();
  await expect.poll(ready).toBe(503);
  await postgres.thaw();
  await expect.poll(ready).toBe(200);
  const answers = await stop();
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 503]));
  const refused = answers.filter(({ status }) => status === 503);
  expect(Math.max(...refused.map(({ durationMs }) => durationMs))).toBeLessThan(800);
  expect(refused.every(({ retryAfter }) => retryAfter === '1')).toBe(true);
  const ids = accepted(answers);
  await expect.poll(() => countWelcomed(world, ids), patience).toBe(ids.length);
  // What was refused may have been committed all the same: then it is made, too.
  await expect
    .poll(
      () =>
        sql(
          "SELECT outcome, count(*)::int AS count FROM sign_ups WHERE outcome <> 'created' GROUP BY outcome",
        ),
      patience,
    )
    .toEqual([]);
  const mailed = new Map<string, number>();
  for (const { to } of world.smtp.messages) mailed.set(String(to), (mailed.get(String(to)) ?? 0) + 1);
  expect([...mailed].filter(([, count]) => count > 1)).toEqual([]);
});
