import { freePort, openTestRedis, startSmtpServer } from '@backend-jobs/local-services';
import { test as base, expect } from 'vitest';
import { World } from './support/world.ts';

/** An API without any worker, and what an autoscaler reads of it. */
// biome-ignore lint/correctness/noEmptyPattern: vitest requires this pattern of a fixture that uses no other
const test = base.extend('scene', { scope: 'file' }, async ({}, { onCleanup }) => {
  const opened = new AsyncDisposableStack();
  onCleanup(() => opened.disposeAsync());
  const redis = await openTestRedis();
  opened.defer(() => redis.stop());
  const smtp = await startSmtpServer();
  opened.defer(() => smtp.stop());
  const env = {
    REDIS_URL: redis.serviceUrl,
    KEY_PREFIX: redis.prefix,
    SMTP_URL: smtp.url,
    DRAIN_DELAY: '0s',
  };
  const world = new World({ NODE_ENV: 'test', ...env }, smtp, redis.url);
  opened.defer(() => world.stop());
  const port = await freePort();
  await world.startApi({ env: { METRICS_PORT: String(port) } });
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  const age = async () =>
    (JSON.parse(await ask('/scaling')) as { oldestWaitingSeconds: number }).oldestWaitingSeconds;
  return { world, ask, age };
});

test('the age of the oldest job that was never started grows while no worker takes it, and ends with it', async ({
  scene: { world, ask, age },
}) => {
  expect(await ask('/scaling')).toBe('{"oldestWaitingSeconds":0,"activeJobs":0}');
  const id = await world.signUp('waits@example.com');
  await expect.poll(age).toBeGreaterThan(1.5);
  const [, ofMetric] = /^scaling_oldest_waiting_age_seconds (\S+)$/m.exec(await ask('/metrics')) ?? [];
  expect(Number(ofMetric)).toBeGreaterThan(1.5);
  const worker = await world.startWorker();
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
  await expect.poll(age).toBe(0);
  await worker.stop();
});

test('clients, who have no business with it, do not find it at the API itself', async ({
  scene: { world },
}) => {
  expect((await fetch(`${world.apiUrl}/scaling`)).status).toBe(404);
});
