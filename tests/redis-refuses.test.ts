import { setTimeout as sleep } from 'node:timers/promises';
import { processorMs, startTestRedis } from '@backend-jobs/local-services';
import { describe, test } from 'vitest';
import { countedRequests } from './support/own-redis.ts';
import { openOperator, redisRefusals, skipWhereImpossible } from './support/redis-refusals.ts';
import { openWorld } from './support/world.ts';

/** Long enough to see what happens again and again. */
const watchedMs = 8_000;

/** Without those of jobs, each of which is told once: where PostgreSQL has the records a worker can go on. */
const countLines = (log: string): number =>
  log.split('\n').filter((line) => line && !line.includes('job will be tried again')).length;

/** A world in which one email waits for its next attempt, and others for a worker. */
const openBusyWorld = async (opened: AsyncDisposableStack) => {
  const redis = await startTestRedis({ appendfsync: 'always' });
  opened.defer(() => redis.stop());
  const operator = await openOperator(redis.url);
  opened.defer(() => operator.disconnect());
  const world = await openWorld(opened, redis, { ...countedRequests, RECONCILE_INTERVAL: '1m' });
  world.smtp.script = { onRcptTo: () => ({ code: 450, message: '4.2.0 Later' }) };
  await world.signUpMany(5, 'busy');
  return { redis, operator, world };
};

describe.concurrent('a Redis that refuses', () => {
  test.for(Object.entries(redisRefusals))(
    'with %s costs a worker next to nothing, whenever it was started, and is logged once',
    { timeout: 90_000 },
    async ([reply, { begin, end }], { expect, onTestFinished, skip }) => {
      skip(process.platform !== 'linux', 'the processor time of a process is read from /proc');
      skipWhereImpossible(reply, skip);
      const opened = new AsyncDisposableStack();
      onTestFinished(() => opened.disposeAsync());
      const { redis, operator, world } = await openBusyWorld(opened);
      await expect.poll(() => world.log, { timeout: 15_000 }).toContain('job will be tried again');

      const before = world.log.length;
      await begin(operator, redis.dataDir);
      const started = await world.startWorker({}, '/livez');
      await expect.poll(() => world.log.slice(before), { timeout: 10_000 }).toMatch(/Redis is away/);
      const processes = [...world.apis, ...world.workers, started].map(({ pid }) => pid);
      const earlierMs = await Promise.all(processes.map(processorMs));
      await sleep(watchedMs);
      const laterMs = await Promise.all(processes.map(processorMs));
      const log = world.log.slice(before);
      await end(operator, redis.dataDir);

      const shares = laterMs.map((ms, index) => (ms - (earlierMs[index] ?? 0)) / watchedMs);
      expect(Math.max(...shares)).toBeLessThan(0.05);
      expect(countLines(log), log).toBeLessThan(20);
      expect(log).toMatch(
        new RegExp(`"reason":"[^"]*\\b(${reply}|READONLY|UNBLOCKED)\\b[^"]*","msg":"Redis is away"`),
      );

      await expect.poll(() => fetch(`${world.apiUrl}/readyz`).then(({ status }) => status)).toBe(200);
      world.smtp.script = {};
      await world.signUp('after@example.com');
      await expect.poll(() => world.smtp.to('after@example.com').length, { timeout: 10_000 }).toBe(1);
    },
  );
});
