import { freePort } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { test as base } from './support/queues.ts';

/** An API without any worker, and what an autoscaler reads of it. */
const test = base.extend('scaling', { scope: 'file' }, async ({ world }) => {
  await world.workers.pop()?.stop();
  const port = await freePort();
  const api = await world.startApi({ env: { METRICS_PORT: String(port) } });
  const ask = async (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  const age = async () =>
    ((await (await ask('/scaling')).json()) as { oldestWaitingSeconds: number }).oldestWaitingSeconds;
  return { api, ask, age };
});

test('the age of the oldest job that was never started grows while no worker takes it, and ends with it', async ({
  world,
  scaling,
}) => {
  expect(await (await scaling.ask('/scaling')).text()).toBe('{"oldestWaitingSeconds":0,"activeJobs":0}');
  const id = await world.signUp('waits@example.com');
  await expect.poll(scaling.age).toBeGreaterThan(1.5);
  const [, ofMetric] =
    /^scaling_oldest_waiting_age_seconds (\S+)$/m.exec(await (await scaling.ask('/metrics')).text()) ?? [];
  expect(Number(ofMetric)).toBeGreaterThan(1.5);
  const worker = await world.startWorker();
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
  await expect.poll(scaling.age).toBe(0);
  await worker.stop();
});

test('a queue that an operator has paused asks for no workers', async ({ world, queues, scaling }) => {
  await queues.users.pause();
  await world.signUp('paused@example.com');
  await expect.poll(() => queues.users.getWaitingCount()).toBeGreaterThan(0);
  expect(await scaling.age()).toBe(0);
  await queues.users.resume();
  await expect.poll(scaling.age).toBeGreaterThan(0);
});

test('clients, who have no business with it, do not find it at the API itself', async ({
  scaling: { api },
}) => {
  expect((await fetch(`${api.url}/scaling`)).status).toBe(404);
});
