import { setTimeout as sleep } from 'node:timers/promises';
import {
  appMain,
  exactProcessorMs,
  type RunningWorker,
  runAudit,
  runProgram,
  startRedis,
} from '@backend-jobs/local-services';
import { expect, test } from 'vitest';
import { basic } from './support/login.ts';
import { admin, openWorld, type SignUp, type World } from './support/world.ts';

/** 16 shards on one Redis. */
const inShards = { SHARDS: '16', HASH_SECRET: 'for-tests', RATE_LIMIT_PER_DOMAIN: 'off' };

const open = async (
  onTestFinished: (stop: () => Promise<void>) => void,
  env: Record<string, string> = {},
): Promise<World> => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const redis = await startRedis();
  opened.defer(() => redis.stop());
  return openWorld(opened, redis, { ...inShards, ...env });
};

const untilSent = (world: World, ids: string[], timeout: number) =>
  expect
    .poll(async () => (await world.findAll(ids)).filter(isSent).length, { timeout, interval: 200 })
    .toBe(ids.length);
const isSent = ({ welcomeEmail }: SignUp) => welcomeEmail?.status === 'sent';

test('the service in 16 shards welcomes everybody once, and operators see all of it', {
  timeout: 120_000,
}, async ({ onTestFinished }) => {
  const world = await open(onTestFinished);
  const ids = await world.signUpMany(100, 'spread');
  await untilSent(world, ids, 60_000);
  expect(world.smtp.messages).toHaveLength(100);
  expect(await runAudit(world.env)).toMatchObject({ code: 0, counts: { 'created, email sent': 100 } });

  const overview = await fetch(`${world.apiUrl}/admin`, { headers: { authorization: basic(admin) } });
  expect(await overview.text()).toMatch(/users[\s\S]*emails[\s\S]*maintenance/);
  const doctor = await runProgram(appMain('doctor'), { ...world.env, MAIL_FROM: 'Us <us@example.com>' });
  expect(doctor.output).toMatch(/shard 15 +on 127\.0\.0\.1/);
  expect(doctor.output).toMatch(/emails +0 wait/);
  expect(doctor.output.match(/Redis takes them/g)).toHaveLength(1);
});

test('what can only be done with one shard says so, and does nothing', async () => {
  const env = {
    ...inShards,
    REDIS_URL: 'redis://127.0.0.1:1',
    DATABASE_URL: 'postgres://user:password@127.0.0.1:5432/none',
  };
  for (const app of ['rekey', 'move-users'] as const) {
    const { code, output } = await runProgram(appMain(app), env);
    expect([app, code, output]).toEqual([app, 2, expect.stringContaining('while SHARDS is 1')]);
  }
});

test('an idle worker with 16 shards takes less than one percent of a core', { timeout: 90_000 }, async ({
  onTestFinished,
}) => {
  const world = await open(onTestFinished);
  const [worker] = world.workers as [RunningWorker];
  const usedIn = async (ms: number) => {
    const before = await exactProcessorMs(worker.pid);
    await sleep(ms);
    return (await exactProcessorMs(worker.pid)) - before;
  };
  // What it does at the start is over when it uses little for the first time.
  await expect.poll(() => usedIn(1_000), { timeout: 30_000 }).toBeLessThan(50);
  const idleMs = 20_000;
  expect((await usedIn(idleMs)) / idleMs).toBeLessThan(0.01);
});

test('EMAILS_RATE holds for 16 shards and three workers together, within 5 %', { timeout: 180_000 }, async ({
  onTestFinished,
}) => {
  const [perWindow, windowMs, windows] = [64, 3_000, 4];
  const world = await open(onTestFinished, { EMAILS_RATE: `${perWindow}/${windowMs}ms` });
  await Promise.all([world.startWorker(), world.startWorker()]);
  await world.signUpMany(640, 'rate');
  // From the beginning of the second window of time to that of the sixth, while each shard has emails that wait.
  const [from, to] = [perWindow, (windows + 1) * perWindow] as const;
  await expect.poll(() => world.smtp.messages.length, { timeout: 60_000 }).toBeGreaterThan(to);
  const atMs = world.smtp.messages.map(({ receivedAtMs }) => receivedAtMs).sort((a, b) => a - b);
  const tookMs = (atMs[to] ?? 0) - (atMs[from] ?? 0);
  expect(tookMs / (windows * windowMs)).toBeGreaterThan(0.95);
  expect(tookMs / (windows * windowMs)).toBeLessThan(1.05);
});
