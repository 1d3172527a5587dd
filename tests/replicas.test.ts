import { describe, expect } from 'vitest';
import { countWelcomed } from './support/load.ts';
import { test } from './support/world.ts';

describe('three workers', () => {
  test('one is killed in the middle of 500 sign-ups: all users exist once, and what it held is settled within 20 s', async ({
    world,
  }) => {
    const workers = [await world.startWorker(), await world.startWorker()];
    const signedUp = world.signUpMany(500, 'replicas');
    await expect.poll(() => world.smtp.messages.length, { interval: 5 }).toBeGreaterThan(50);
    process.kill(workers[0]?.pid as number, 'SIGKILL');
    const ids = await signedUp;

    // How fast the others are is up to the machine.
    const slowest = { timeout: 60_000, interval: 250 };
    await expect.poll(() => countWelcomed(world, ids), slowest).toBeGreaterThan(400);
    await expect.poll(() => countWelcomed(world, ids), { ...slowest, timeout: 20_000 }).toBe(500);
    expect(new Set(ids).size).toBe(500);
    expect(new Set(world.smtp.messages.map((message) => message.header('message-id'))).size).toBe(500);
  }, 120_000);

  test('a worker that is told to stop finishes what it holds, and exits 0', async ({ world }) => {
    const worker = await world.startWorker();
    world.smtp.script = { onFinalDot: () => 100 };
    const ids = await world.signUpMany(100, 'stopping');
    const mailed = () => world.smtp.messages.filter(({ to }) => to[0]?.startsWith('stopping.')).length;
    await expect.poll(mailed, { interval: 5 }).toBeGreaterThan(0);
    process.kill(worker.pid, 'SIGTERM');
    expect(await worker.exited).toBe(0);
    const all = async () =>
      (await world.findAll(ids)).filter((user) => user.welcomeEmail?.status === 'sent').length;
    await expect.poll(all, { timeout: 10_000 }).toBe(100);
    expect(mailed()).toBe(100);
  });
});
