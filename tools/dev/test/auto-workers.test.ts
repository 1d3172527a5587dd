import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSignUpProducer, openQueues, readOldestWaitingMs } from '@backend-jobs/jobs';
import { freePort, startRedis, startSmtpServer } from '@backend-jobs/local-services';
import { readEnvironment } from '@backend-jobs/runtime';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { devVariables } from '../src/config.ts';
import { launch } from '../src/launch.ts';

const mailMs = 400;
const usual = 40;

/** `npm start` with `WORKERS=auto`, a slow mail server, and when each person's email has begun. */
const openScene = async () => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const redis = await startRedis();
  opened.defer(() => redis.stop());
  const smtp = await startSmtpServer();
  opened.defer(() => smtp.stop());
  const waits = new Map<string, { sinceMs: number; tookMs?: number }>();
  smtp.script = {
    onRcptTo: (address) => {
      const wait = waits.get(address);
      if (wait) wait.tookMs ??= performance.now() - wait.sinceMs;
    },
    onFinalDot: () => mailMs,
  };
  const config = readEnvironment(devVariables, {
    PORT: String(await freePort()),
    REDIS_URL: redis.url,
    SMTP_URL: smtp.url,
    WORKERS: 'auto',
    LOG_LEVEL: 'error',
  });
  const folder = mkdtempSync(join(tmpdir(), 'auto-workers-'));
  opened.defer(() => rmSync(folder, { recursive: true }));
  const changes: { atMs: number; to: number }[] = [];
  const report = (line: string) => {
    const [, to] = /^Workers: \d+ → (\d+)$/.exec(line) ?? [];
    if (to) changes.push({ atMs: performance.now(), to: Number(to) });
  };
  const { appEnd } = await launch(config, { folder, onPostgres: false }, opened, report);
  appEnd.catch(() => {});
  const connection = new Redis(redis.url);
  opened.defer(() => connection.disconnect());
  const queues = openQueues({ connection, prefix: '{backend-jobs}' });
  const producer = createSignUpProducer(queues);
  let longestWaitMs = 0;
  const lookAt = async (queue: Queue) => {
    const sinceMs = await readOldestWaitingMs(queue, connection);
    if (sinceMs !== undefined) longestWaitMs = Math.max(longestWaitMs, Date.now() - sinceMs);
  };
  const looking = setInterval(() => void Promise.all([queues.users, queues.emails].map(lookAt)), 100);
  opened.defer(() => clearInterval(looking));
  const signUp = () => {
    const id = randomUUIDv7();
    const email = `${id}@example.com`;
    waits.set(email, { sinceMs: performance.now() });
    return producer.enqueue(id, { name: 'Ada', email, locale: 'en' }, 'r');
  };
  /** Signs up at this rate, until something is so. */
  const load = async (perSecond: number, isOver: (afterMs: number) => boolean) => {
    const fromMs = performance.now();
    const added: Promise<void>[] = [];
    const timer = setInterval(() => {
      const due = ((performance.now() - fromMs) / 1_000) * perSecond;
      while (added.length < due) added.push(signUp());
    }, 20);
    await expect
      .poll(() => isOver(performance.now() - fromMs), { timeout: 130_000, interval: 250 })
      .toBe(true);
    clearInterval(timer);
    await Promise.all(added);
  };
  const workers = () => changes.at(-1)?.to ?? 1;
  return { waits, changes, load, workers, mails: smtp.messages, longestWaitMs: () => longestWaitMs };
};

test('a load that triples, with a slow mail server, waits less than five seconds; then one worker is left', async () => {
  const { waits, changes, load, workers, mails, longestWaitMs } = await openScene();
  await load(usual, (afterMs) => afterMs > 20_000);
  await load(3 * usual, (afterMs) => afterMs > 60_000);
  const atEndMs = performance.now();
  await load(usual, () => workers() === 1);
  const welcomed = () => new Set(mails.flatMap(({ to }) => to));
  await expect.poll(() => welcomed().size).toBe(waits.size);
  const all = [...waits.values()];
  const longestUntilMailMs = Math.max(...all.map(({ tookMs = 0 }) => tookMs));
  const apart = changes.slice(1).map(({ atMs }, index) => atMs - (changes[index]?.atMs ?? 0));
  const twice = mails.length - all.length;
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  process.stderr.write(
    `${all.length} sign-ups, none lost, ${twice} welcomed twice; workers 1 → ${changes.map(({ to }) => to).join(' → ')}; ` +
      `longest wait for a worker ${seconds(longestWaitMs())} s, until the mail server was asked ${seconds(longestUntilMailMs)} s; ` +
      `one worker ${seconds(performance.now() - atEndMs)} s after the load fell\n`,
  );
  expect(longestWaitMs()).toBeLessThan(5_000);
  expect(changes.length).toBeGreaterThan(1);
  expect(Math.min(...apart)).toBeGreaterThanOrEqual(10_000);
}, 300_000);
