import { startWire, type Wire } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { countWelcomed } from './support/load.ts';
import { test } from './support/own-redis.ts';
import type { World } from './support/world.ts';

/**
 * Workers that a supervisor starts again whenever they die, and that die when they are about to make the user whose
 * job `isPoison` recognises, by the connection to Redis or to PostgreSQL.
 */
const supervise = async (world: World, isPoison: (text: string) => boolean) => {
  const wires: Wire[] = [];
  let deaths = 0;
  let running = true;
  const { DATABASE_URL } = world.env;
  // The wire leads to the Redis server itself, whoever would name it otherwise.
  const targets = { REDIS_URL: world.redisUrl, ...(DATABASE_URL && { DATABASE_URL }) };
  const names = Object.keys(targets);
  const keepOne = async () => {
    while (running) {
      const urls = Object.values(targets).map((url) => new URL(url));
      const own = await Promise.all(urls.map(({ port }) => startWire(Number(port))));
      wires.push(...own);
      for (const [index, { port }] of own.entries()) (urls[index] as URL).port = String(port);
      const env = Object.fromEntries(names.map((name, index) => [name, String(urls[index])]));
      const worker = await world.startWorker(env);
      if (!running) return worker.stop();
      const watch: Wire['watch'] = ({ direction, text }) => {
        if (direction === 'reply' || !/:email:|create-sign-up/.test(text) || !isPoison(text)) return true;
        deaths += 1;
        process.kill(worker.pid, 'SIGKILL');
        return false;
      };
      for (const wire of own) wire.watch = watch;
      await worker.exited;
    }
  };
  const slots = [keepOne(), keepOne()];
  const stop = async () => {
    running = false;
    await world.stop();
    await Promise.all(slots);
    await Promise.all(wires.map((wire) => wire.stop()));
  };
  return { deaths: () => deaths, stop };
};

test('a job that kills its worker each time is stopped after five, and fails no other', async ({ world }) => {
  await world.workers.pop()?.stop();
  const poisoned = await world.signUp('poison@example.com');
  const supervisor = await supervise(world, (text) => text.includes(poisoned));
  const ids = await world.signUpMany(100, 'bystander');
  await expect
    .poll(() => world.find(poisoned), { timeout: 110_000, interval: 500 })
    .toMatchObject({ status: 'failed' });
  expect(supervisor.deaths()).toBeLessThanOrEqual(5);
  await expect.poll(() => countWelcomed(world, ids), { timeout: 30_000, interval: 500 }).toBe(100);
  expect(await world.job('users', poisoned)).toMatchObject({
    failedReason: 'job stalled more than allowable limit',
  });
  await supervisor.stop();
}, 150_000);
