import { randomUUIDv7 } from 'node:crypto';
import { type Job, type Queue, Worker } from 'bullmq';
import { expect, onTestFinished } from 'vitest';
import { createSignUpProducer, createWelcomeEmailChild, readOldestWaitingMs } from '../src/index.ts';
import { type Scene, test } from './support/scene.ts';

const ada = { name: 'Ada', email: 'ada@example.com', locale: 'en' } as const;
const token = 'token';

/** Takes the next job of a queue, as a worker does. */
const take = async ({ connection, prefix }: Scene, { name }: Queue): Promise<Job> => {
  const own = connection.duplicate({ maxRetriesPerRequest: null });
  const worker = new Worker(name, null, { connection: own, prefix, autorun: false });
  onTestFinished(async () => {
    await worker.close();
    own.disconnect();
  });
  return (await worker.getNextJob(token)) as Job;
};

/** Puts jobs at the end of the queue that is taken last; the `index`th was added at that ms. */
const addWaiting = async ({ connection }: Scene, queue: Queue, starts: number[]): Promise<void> => {
  const pipeline = connection.pipeline();
  for (const [index, ats] of starts.entries()) {
    pipeline.hset(queue.toKey(`job-${index}`), { timestamp: index, delay: 0, ...(ats > 0 && { ats }) });
    pipeline.lpush(queue.toKey('wait'), `job-${index}`);
  }
  await pipeline.exec();
};

test('a parent that comes back for its second pass does not count: it has waited for its email, not for a worker', async ({
  scene,
}) => {
  const { queues, connection } = scene;
  const producer = createSignUpProducer(queues);
  const oldest = () => readOldestWaitingMs(queues.users, connection);
  expect(await oldest()).toBeUndefined();
  await producer.enqueue(randomUUIDv7(), ada, 'r');
  const parent = await take(scene, queues.users);
  const child = createWelcomeEmailChild(queues);
  await child.attach(parent, 0);
  expect(await child.park(parent, token)).toBe(true);
  const emailAddedMs = await readOldestWaitingMs(queues.emails, connection);
  expect(emailAddedMs).toBeGreaterThanOrEqual(parent.timestamp);
  await (await take(scene, queues.emails)).moveToCompleted({}, token, false);
  expect(await parent.getState()).toBe('waiting');
  expect(await oldest()).toBeUndefined();

  const [first, second] = [randomUUIDv7(), randomUUIDv7()];
  await producer.enqueue(first, ada, 'r');
  await producer.enqueue(second, ada, 'r');
  expect(await oldest()).toBe((await queues.users.getJob(first))?.timestamp);
});

test('a job that was delayed has waited since it was due', async ({ scene: { queues, connection } }) => {
  const job = await queues.emails.add('any', {} as never, { delay: 1_000 });
  await job.promote();
  const { timestamp } = job;
  await connection.hset(queues.emails.toKey(job.id as string), 'delay', 1_000);
  expect(await readOldestWaitingMs(queues.emails, connection)).toBe(timestamp + 1_000);
});

test('any number of parents may stand before it, and any number of jobs behind it', async ({ scene }) => {
  const queue = scene.queues.users;
  for (const started of [0, 1, 2, 3, 4, 31, 32, 33, 500])
    for (const waiting of [0, 1, 2, 700]) {
      await scene.connection.del(queue.toKey('wait'));
      await addWaiting(scene, queue, [...Array(started).fill(1), ...Array(waiting).fill(0)]);
      const found = await readOldestWaitingMs(queue, scene.connection);
      expect({ started, waiting, found }).toEqual({ started, waiting, found: waiting ? started : undefined });
    }
});

test('few jobs of 20,000 are read, and a retry among them does not stop the search', async ({ scene }) => {
  const queue = scene.queues.emails;
  const starts = Array.from({ length: 20_000 }, (_, index) => (index < 900 || index === 3_000 ? 1 : 0));
  await addWaiting(scene, queue, starts);
  const reads = async () => {
    const [, calls = '0'] =
      /cmdstat_lindex:calls=(\d+)/.exec(await scene.connection.info('commandstats')) ?? [];
    return Number(calls);
  };
  const before = await reads();
  expect(await readOldestWaitingMs(queue, scene.connection)).toBe(900);
  expect((await reads()) - before).toBeLessThan(30);
});
