import { setTimeout as sleep } from 'node:timers/promises';
import { runAudit } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { accepted, countWelcomed, keepSigningUp } from './support/load.ts';
import { test, type World } from './support/world.ts';

/** How often a load balancer asks which API is ready. */
const probeEveryMs = 100;

/** Asks again and again which API is ready, as a load balancer does. */
const watchReadiness = (world: World) => {
  let readyUrl = world.apiUrl;
  let running = true;
  const watch = async () => {
    while (running) {
      for (const { url } of world.apis) {
        const answer = await fetch(`${url}/readyz`).catch(() => undefined);
        if (answer?.ok) readyUrl = url;
      }
      await sleep(probeEveryMs);
    }
  };
  const watching = watch();
  return {
    readyUrl: () => readyUrl,
    stop: () => {
      running = false;
      return watching;
    },
  };
};

test('a rolling restart of every process, under load, fails no request and loses no sign-up', async ({
  world,
}) => {
  const draining = { env: { DRAIN_DELAY: '2s' } };
  await world.startApi(draining);
  await world.apis.shift()?.stop();
  const balancer = watchReadiness(world);
  const stop = keepSigningUp(world, { tag: 'rolling', perSecond: 50, apiUrl: balancer.readyUrl });
  for (let round = 0; round < 2; round += 1) {
    const old = [world.apis.at(-1), world.workers.at(-1)];
    await world.startApi(draining);
    await world.startWorker();
    for (const app of old) {
      process.kill(app?.pid as number, 'SIGTERM');
      expect(await app?.exited).toBe(0);
    }
  }
  const answers = await stop();
  await balancer.stop();
  expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
  expect(answers.length).toBeGreaterThan(50);
  world.apis.splice(0, world.apis.length - 1); // the others are gone
  const ids = accepted(answers);
  await expect.poll(() => countWelcomed(world, ids), { timeout: 30_000, interval: 200 }).toBe(ids.length);
  expect(await runAudit(world.env)).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^0 that hang/m),
  });
}, 120_000);
