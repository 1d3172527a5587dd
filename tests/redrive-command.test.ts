import { randomUUIDv7 } from 'node:crypto';
import { createRedriveRunner, createRedrives, openQueues } from '@backend-jobs/jobs';
import { appMain, openTestRedis, runProgram } from '@backend-jobs/local-services';
import { oneShard } from '@backend-jobs/redis';
import { openStores } from '@backend-jobs/sign-ups';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { openPatientDatabase, openStoreEnv } from './support/test-store.ts';

test('npm run redrive watches a redrive to its end, and lists those that there are', async ({
  onTestFinished,
}) => {
  const { url, serviceUrl, prefix, stop } = await openTestRedis();
  onTestFinished(stop);
  const connection = new Redis(url);
  onTestFinished(() => connection.disconnect());
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const storeEnv = await openStoreEnv(opened);
  const database =
    storeEnv.DATABASE_URL === undefined ? undefined : openPatientDatabase(storeEnv.DATABASE_URL);
  opened.defer(() => database?.close());
  const queues = openQueues({ connection, prefix });
  const deps = {
    connection,
    prefix,
    queues,
    ...openStores(oneShard(connection, prefix), { hashSecret: 'x', database }),
  };
  const redrives = createRedrives(deps);
  const runner = createRedriveRunner(deps);
  const redrive = (...args: string[]) =>
    runProgram(appMain('redrive'), { REDIS_URL: serviceUrl, KEY_PREFIX: prefix, ...storeEnv }, args);
  expect(await redrive()).toEqual({ code: 0, output: 'There are no redrives\n' });
  expect(await redrive('x')).toEqual({ code: 1, output: 'There is no redrive with this id\n' });

  const failed = {
    name: 'send-welcome-email',
    data: '{}',
    opts: '{}',
    timestamp: 1,
    failedReason: 'no',
    finishedOn: 1,
  };
  for (const jobId of [randomUUIDv7(), randomUUIDv7()]) {
    await connection.hset(queues.emails.toKey(jobId), failed);
    await connection.zadd(queues.emails.toKey('failed'), 1, jobId);
  }
  const { id } = await redrives.plan({ kind: 'failed-jobs', queue: 'emails' });
  await redrives.start(id, { by: 'ada', why: 'the relay is back', perSecond: 1 });
  const watching = redrive(id);
  await runner.advance(id);
  expect((await redrive()).output).toBe(`${id}  running   1 of 2, 0 skipped, by ada: the relay is back\n`);
  await runner.advance(id);
  expect(await watching).toEqual({
    code: 0,
    output: `${id}  finished  2 of 2, 0 skipped, by ada: the relay is back\n`,
  });
});
