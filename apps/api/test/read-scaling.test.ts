import { openQueues } from '@backend-jobs/jobs';
import { openTestRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { createScalingReader } from '../src/read-scaling.ts';

const openReader = async () => {
  const redis = await openTestRedis();
  const connection = new Redis(redis.url);
  onTestFinished(async () => {
    connection.disconnect();
    await redis.stop();
  });
  const sent: string[] = [];
  const send = connection.sendCommand.bind(connection);
  connection.sendCommand = (command, ...rest) => {
    sent.push(command.name);
    return send(command, ...rest);
  };
  const queues = openQueues({ connection, prefix: redis.prefix });
  let isAway = false;
  const read = createScalingReader({
    queues: [queues.users, queues.emails].map((queue) => ({ queue, connection })),
    isRedisAway: () => isAway,
  });
  const leave = () => {
    isAway = true;
    connection.disconnect();
  };
  return { redis, connection, queues, read, sent, leave };
};

test('a hundred who ask at once cost Redis as much as one', async () => {
  const { read, sent, queues } = await openReader();
  await queues.emails.add('any', {} as never);
  sent.length = 0;
  const ages = await Promise.all(Array.from({ length: 100 }, read));
  expect(new Set(ages).size).toBe(1);
  expect(sent.length).toBeLessThanOrEqual(6);
});

test('the age is that of the queue whose job has waited longest, and goes on', async () => {
  const { read, queues, connection } = await openReader();
  const old = await queues.emails.add('any', {} as never);
  await queues.users.add('any', {} as never);
  await connection.hset(queues.emails.toKey(old.id as string), 'timestamp', Date.now() - 60_000);
  const age = async () => (await read())?.oldestWaitingSeconds;
  await expect.poll(age).toBeGreaterThan(60.5);
  expect(await age()).toBeLessThan(90);
});

test('a queue that an operator has paused asks for no workers', async () => {
  const { read, queues, connection } = await openReader();
  const { id = '' } = await queues.emails.add('any', {} as never);
  await connection.hset(queues.emails.toKey(id), 'timestamp', Date.now() - 60_000);
  await queues.emails.pause();
  expect(await read()).toEqual({ oldestWaitingSeconds: 0, activeJobs: 0 });
  await queues.emails.resume();
  await expect.poll(async () => (await read())?.oldestWaitingSeconds).toBeGreaterThan(60);
});

test('what Redis does not say is not made up', async () => {
  const { read, leave } = await openReader();
  expect(await read()).toEqual({ oldestWaitingSeconds: 0, activeJobs: 0 });
  leave();
  expect(await read()).toBeUndefined();
});
