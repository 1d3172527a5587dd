import { setTimeout as sleep } from 'node:timers/promises';
import { exactProcessorMs, type RunningWorker } from '@backend-jobs/local-services';
import { Shards, shardKeyPrefixes } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { openShardedWorld } from './support/sharded-world.ts';

/** What an idle worker with 16 shards may take of a core. By itself it takes less than 0.01 of one on a quiet machine. */
const idleShare = Number(process.env.IDLE_SHARE || 0.025);

test('an idle worker with 16 shards takes next to nothing of a core', { timeout: 90_000 }, async ({
  onTestFinished,
}) => {
  const world = await openShardedWorld(onTestFinished);
  const [worker] = world.workers as [RunningWorker];
  const usedIn = async (ms: number) => {
    const before = await exactProcessorMs(worker.pid);
    await sleep(ms);
    return (await exactProcessorMs(worker.pid)) - before;
  };
  // What it does at the start is over when it uses little for the first time.
  await expect.poll(() => usedIn(1_000), { timeout: 30_000 }).toBeLessThan(50);
  const idleMs = 20_000;
  expect((await usedIn(idleMs)) / idleMs).toBeLessThan(idleShare);
});

test('EMAILS_RATE holds for 16 shards and three workers together, within 5 %', { timeout: 180_000 }, async ({
  onTestFinished,
}) => {
  const [perWindow, windowMs, windows] = [64, 3_000, 4];
  const world = await openShardedWorld(onTestFinished, { EMAILS_RATE: `${perWindow}/${windowMs}ms` });
  await Promise.all([world.startWorker(), world.startWorker()]);
  const ids = await world.signUpMany(640, 'rate');
  // From the beginning of the second window of time to that of the sixth, while each shard has emails that wait.
  const [from, to] = [perWindow, (windows + 1) * perWindow] as const;
  await expect.poll(() => world.smtp.messages.length, { timeout: 60_000 }).toBeGreaterThan(to);
  const redis = new Redis(world.redisUrl);
  onTestFinished(() => redis.disconnect());
  const shards = new Shards(shardKeyPrefixes('{backend-jobs}', 16));
  const startOf = async (id: string) =>
    Number(await redis.hget(`${shards.of(id)}:emails:welcome-${id}`, 'processedOn'));
  const atMs = (await Promise.all(ids.map(startOf))).filter((ms) => ms > 0).sort((a, b) => a - b);
  const tookMs = (atMs[to] ?? 0) - (atMs[from] ?? 0);
  expect(tookMs / (windows * windowMs)).toBeGreaterThan(0.95);
  expect(tookMs / (windows * windowMs)).toBeLessThan(1.05);
});
