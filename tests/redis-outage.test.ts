import { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { type Answer, accepted, countWelcomed, keepSigningUp, timeBehindApi } from './support/load.ts';
import { test } from './support/own-redis.ts';
import type { World } from './support/world.ts';

const slowestMs = (answers: Answer[]): number => Math.max(...answers.map(({ waitedMs }) => waitedMs));

const ready = async (world: World) => (await fetch(`${world.apiUrl}/readyz`)).status;

describe('Redis', () => {
  test('is killed five times under load: every 202 has its outcome, every other answer is a prompt 503', async ({
    world,
    redis,
  }) => {
    const stop = keepSigningUp(world, { tag: 'killed', perSecond: 100 });
    for (let kills = 0; kills < 5; kills += 1) {
      const posted = world.smtp.messages.length;
      await expect.poll(() => world.smtp.messages.length).toBeGreaterThan(posted + 20);
      await redis.kill();
      await expect.poll(() => ready(world)).toBe(503);
      await redis.restart();
      await expect.poll(() => ready(world)).toBe(200);
    }
    const answers = await stop();
    const refused = answers.filter(({ status }) => status !== 202);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    expect(refused.every(({ retryAfter }) => retryAfter !== null)).toBe(true);
    expect(slowestMs(refused)).toBeLessThan(1_000);
    const ids = accepted(answers);
    await expect.poll(() => countWelcomed(world, ids), { timeout: 20_000, interval: 200 }).toBe(ids.length);
  }, 120_000);

  test('is frozen: the API says 503 within a second and is not ready, and all goes on when it thaws', async ({
    world,
    redis,
  }) => {
    await redis.freeze();
    const stop = keepSigningUp(world, { tag: 'frozen', perSecond: 20 });
    await expect.poll(() => ready(world)).toBe(503);
    await expect
      .poll(async () => (await world.post({ name: 'Ada', email: 'x@example.com' })).status)
      .toBe(503);
    const answers = await stop();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(slowestMs(answers)).toBeLessThan(1_000);
    await redis.thaw();
    await expect.poll(() => ready(world)).toBe(200);
    const id = await world.signUp('thawed@example.com');
    await expect.poll(() => countWelcomed(world, [id]), { timeout: 15_000 }).toBe(1);
  }, 120_000);

  test('is full: 503, no 202, and sign-ups are taken again when there is room', async ({ world, redis }) => {
    const operator = new Redis(redis.url);
    await operator.config('SET', 'maxmemory', '1mb');
    const response = await world.post({ name: 'Ada', email: 'full@example.com' });
    expect(response.status).toBe(503);
    await operator.config('SET', 'maxmemory', '0');
    operator.disconnect();
    const id = await world.signUp('full@example.com');
    await expect.poll(() => countWelcomed(world, [id]), { timeout: 15_000 }).toBe(1);
  });
});

test('an API that is started while Redis is away answers 503, and takes sign-ups when it comes', async ({
  world,
  redis,
}) => {
  await redis.kill();
  const api = await world.startApi({ untilAnswers: '/livez' });
  const post = () =>
    fetch(`${api.url}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada', email: 'cold@example.com' }),
    });
  const { result, waitedMs } = await timeBehindApi(api.url, post);
  expect(result.status).toBe(503);
  expect(waitedMs).toBeLessThan(500);
  await redis.restart();
  await expect.poll(async () => (await post()).status).toBe(202);
});
