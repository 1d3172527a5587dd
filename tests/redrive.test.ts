import { randomUUIDv7 } from 'node:crypto';
import { createRedrives, openQueues } from '@backend-jobs/jobs';
import { startWire } from '@backend-jobs/local-services';
import { connectWorker, parseRedisUrl } from '@backend-jobs/redis';
import { openStores } from '@backend-jobs/sign-ups';
import { expect } from 'vitest';
import { test } from './support/own-redis.ts';

const count = 1_500;

test('a redrive whose API and worker die midway goes on where it was, and takes each job once', async ({
  world,
  redis,
  onTestFinished,
}) => {
  const connection = connectWorker(parseRedisUrl(redis.url), 'test');
  connection.on('error', () => {});
  onTestFinished(() => connection.disconnect());
  const prefix = '{backend-jobs}';
  const queues = openQueues({ connection, prefix });
  const stores = openStores(connection, { keyPrefix: prefix, hashSecret: 'not-a-secret' });
  const redrives = createRedrives({ connection, prefix, queues, ...stores });
  const { emails } = queues;
  await emails.pause();
  const ids = Array.from({ length: count }, () => `welcome-${randomUUIDv7()}`);
  const fields = { name: 'send-welcome-email', data: '{}', opts: '{}', timestamp: 1, failedReason: '550 no' };
  const seeding = connection.pipeline();
  for (const [index, id] of ids.entries())
    seeding.hset(emails.toKey(id), { ...fields, finishedOn: index }).zadd(emails.toKey('failed'), index, id);
  await seeding.exec();

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
  expect(await redrives.start(id, { by: 'ada', why: 'a test', perSecond: 1_000 })).toBe(true);
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
}, 60_000);
