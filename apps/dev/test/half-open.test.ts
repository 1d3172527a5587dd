import { setTimeout as sleep } from 'node:timers/promises';
import { startWire } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { countWelcomed } from './support/load.ts';
import { test } from './support/own-redis.ts';

/** Longer than a lock lasts, so that what a worker held is lost to it, and longer than a silence is borne. */
const outageMs = 12_000;

test('Redis is gone without a word: not ready, 503, and all heals by itself when it is back', async ({
  world,
  redis,
}) => {
  const wire = await startWire(redis.port);
  const env = { REDIS_URL: `redis://127.0.0.1:${wire.port}` };
  await world.startApi({ env });
  await world.startWorker(env);
  await world.apis.shift()?.stop();
  await world.workers.shift()?.stop();
  world.smtp.script = { onFinalDot: () => 100 };
  const ids = await world.signUpMany(50, 'before');

  wire.halt();
  await expect.poll(async () => (await fetch(`${world.apiUrl}/readyz`)).status).toBe(503);
  expect((await world.post({ name: 'Ada', email: 'meanwhile@example.com' })).status).toBe(503);
  await sleep(outageMs);
  wire.mend();

  await expect.poll(async () => (await fetch(`${world.apiUrl}/readyz`)).status).toBe(200);
  ids.push(await world.signUp('after@example.com'));
  await expect.poll(() => countWelcomed(world, ids), { timeout: 40_000, interval: 250 }).toBe(51);
  const uncertain = (await world.findAll(ids)).reduce(
    (sum, { welcomeEmail }) => sum + (welcomeEmail?.uncertainAttempts ?? 0),
    0,
  );
  expect(world.smtp.messages.length).toBeGreaterThanOrEqual(51);
  expect(world.smtp.messages.length).toBeLessThanOrEqual(51 + uncertain);
  await wire.stop();
}, 120_000);
