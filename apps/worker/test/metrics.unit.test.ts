import { EventEmitter } from 'node:events';
import { reconcileSignUpsJob } from '@backend-jobs/jobs';
import type { Worker } from 'bullmq';
import { expect, test } from 'vitest';
import { createWorkerMetrics } from '../src/metrics.ts';

const open = () => {
  const metrics = createWorkerMetrics({
    isRedisAway: () => false,
    isMailOut: () => true,
    traceId: () => undefined,
  });
  const worker = Object.assign(new EventEmitter(), { name: 'maintenance' });
  metrics.watch(worker as unknown as Worker);
  const scrape = () => metrics.source.metrics();
  return { metrics, worker, scrape };
};

test('only the reconciler says what it found, and no other job of its queue', async () => {
  const { worker, scrape } = open();
  worker.emit('completed', { name: reconcileSignUpsJob.name }, { live: 2, attached: 1 });
  worker.emit('completed', { name: 'redrive' }, { done: 5, id: 'of-somebody' });
  const found = (await scrape()).split('\n').filter((line) => line.startsWith('reconciler_found_total'));
  expect(found).toEqual([
    'reconciler_found_total{found="live"} 2',
    'reconciler_found_total{found="attached"} 1',
  ]);
});

test('a job waits once, until its first start, and never for less than no time', async () => {
  const { worker, scrape } = open();
  const job = { attemptsStarted: 1, timestamp: 1_000, delay: 500, processedOn: 3_500 };
  worker.emit('active', job);
  worker.emit('active', { ...job, attemptsStarted: 2 });
  worker.emit('active', { ...job, processedOn: 900 }); // by the clock of another machine
  const text = await scrape();
  expect(text).toMatch(/^job_wait_duration_seconds_count\{queue="maintenance"\} 2$/m);
  expect(text).toMatch(/^job_wait_duration_seconds_sum\{queue="maintenance"\} 2$/m);
});

test('a welcome took as long as its id is old when the mail server took it', async () => {
  const { metrics, scrape } = open();
  const id = '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10';
  const acceptedAtMs = 0x019bfa3e6b1e;
  metrics.signUps.welcomed(id, new Date(acceptedAtMs + 42_000).toISOString());
  expect(await scrape()).toMatch(/^sign_up_welcome_duration_seconds_sum 42$/m);
});
