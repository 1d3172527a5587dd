import { startWire, type Wire } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { countWelcomed } from './support/load.ts';
import { test } from './support/own-redis.ts';
import type { World } from './support/world.ts';

/**
 * Workers that a supervisor starts again whenever they die, and that die when they are about to make the user whose
 * job `isPoison` recognises.
 */
const supervise = async (world: World, redisPort: number, isPoison: (text: string) => boolean) => {
  const wires: Wire[] = [];
  let deaths = 0;
  let running = true;
  const keepOne = async () => {
    while (running) {
      const wire = await startWire(redisPort);
      wires.push(wire);
      const worker = await world.startWorker({ REDIS_URL: `redis://127.0.0.1:${wire.port}` });
      wire.watch = ({ direction, text }) => {
        if (direction === 'reply' || !text.includes(':email:') || !isPoison(text)) return true;
        deaths += 1;
        process.kill(worker.pid, 'SIGKILL');
        return false;
      };
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

test('a job that kills its worker each time is stopped after five, and fails no other', async ({
  world,
  redis,
}) => {
  await world.workers.pop()?.stop();
  const poisoned = await world.signUp('poison@example.com');
  const supervisor = await supervise(world, redis.port, (text) => text.includes(poisoned));
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
