import { randomUUIDv7 } from 'node:crypto';
import { createRedrives, openQueues } from '@backend-jobs/jobs';
import { startWire } from '@backend-jobs/local-services';
import { connectWorker, oneShard, parseRedisUrl } from '@backend-jobs/redis';
import { openStores } from '@backend-jobs/sign-ups';
import { expect } from 'vitest';
import { test } from './support/own-redis.ts';

const prefix = '{backend-jobs}';

/** What the API has, in this process, and a way to make failed jobs. */
const openRedrives = (url: string, onTestFinished: (close: () => void) => void) => {
  const connection = connectWorker(parseRedisUrl(url), { name: 'test', keyPrefix: prefix });
  connection.on('error', () => {});
  onTestFinished(() => connection.disconnect());
  const queues = openQueues({ connection, prefix });
  const stores = openStores(oneShard(connection, prefix), { hashSecret: 'not-a-secret' });
  const redrives = createRedrives({ connection, prefix, queues, ...stores });
  const { emails, maintenance } = queues;
  const fields = { name: 'send-welcome-email', data: '{}', opts: '{}', timestamp: 1, failedReason: '550 no' };
  const fail = async (count: number): Promise<string[]> => {
    const ids = Array.from({ length: count }, () => `welcome-${randomUUIDv7()}`);
    const pipeline = connection.pipeline();
    // Lately: the reconciler removes what failed too long ago.
    const failedAtMs = Date.now() - count;
    for (const [index, id] of ids.entries())
      pipeline
        .hset(emails.toKey(id), { ...fields, finishedOn: failedAtMs + index })
        .zadd(emails.toKey('failed'), failedAtMs + index, id);
    await pipeline.exec();
    return ids;
  };
  return { connection, emails, maintenance, redrives, fail };
};

const count = 1_500;
const order = { by: 'ada', why: 'a test', perSecond: 1_000 };

test('a redrive whose API and worker die midway goes on where it was, and takes each job once', async ({
  world,
  redis,
  onTestFinished,
}) => {
  const { connection, emails, redrives, fail } = openRedrives(redis.serviceUrl, onTestFinished);
  await emails.pause();
  const ids = await fail(count);

  await world.workers.pop()?.stop();
  const wire = await startWire(redis.port);
  onTestFinished(() => wire.stop());
  const doomed = await world.startWorker({ REDIS_URL: `redis://127.0.0.1:${wire.port}` });
  let retries = 0;
  wire.watch = ({ direction, text }) => {
    if (direction === 'request') retries += text.split(`\n${prefix}:redrive:`).length - 1;
    if (retries < 400) return true;
    process.kill(doomed.pid, 'SIGKILL');
    return false;
  };

  const { id, named } = await redrives.plan({ kind: 'failed-jobs', queue: 'emails' });
  expect(named).toBe(count);
  expect(await redrives.start(id, order)).toBe(true);
  process.kill(world.apis[0]?.pid as number, 'SIGKILL');
  expect(await doomed.exited).toBe('SIGKILL');
  const midway = (await redrives.find(id))?.taken ?? 0;
  expect(midway).toBeGreaterThan(0);
  expect(midway).toBeLessThan(1_000);

  await world.startWorker();
  await expect.poll(() => redrives.find(id), { timeout: 30_000 }).toMatchObject({ state: 'finished' });
  expect(await redrives.find(id)).toMatchObject({ taken: count, skipped: 0 });
  const waiting = await connection.lrange(emails.toKey('wait'), 0, -1);
  expect(waiting).toHaveLength(count);
  expect(new Set(waiting)).toEqual(new Set(ids));
  expect(await emails.getJobCountByTypes('failed')).toBe(0);
}, 120_000);

test('the reconciler has its turns while redrives run, and they end', async ({
  world,
  redis,
  onTestFinished,
}) => {
  const { emails, maintenance, redrives, fail } = openRedrives(redis.serviceUrl, onTestFinished);
  await Promise.all(world.workers.splice(0).map((worker) => worker.stop()));
  await fail(60);
  const plans = [await redrives.plan({ kind: 'failed-jobs', queue: 'emails' })];
  plans.push(await redrives.plan({ kind: 'failed-jobs', queue: 'emails' }));
  await world.startWorker({ RECONCILE_INTERVAL: '200ms' });
  const reconciled = () => maintenance.getJobCountByTypes('completed');
  const before = await reconciled();
  for (const { id } of plans) await redrives.start(id, { ...order, perSecond: 20 });
  const states = async () =>
    (await Promise.all(plans.map(({ id }) => redrives.find(id)))).map((redrive) => redrive?.state);
  let after = before;
  await expect
    .poll(async () => {
      const running = await states();
      if (running.includes('running')) after = await reconciled();
      return running;
    })
    .toEqual(['finished', 'finished']);
  expect(after).toBeGreaterThan(before + 3);
  expect(await emails.getJobCountByTypes('failed')).toBe(0);
});
