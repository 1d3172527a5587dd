import { randomUUIDv7 } from 'node:crypto';
import { createJobRemoval } from '@backend-jobs/jobs';
import { openStores } from '@backend-jobs/sign-ups';
import { Worker } from 'bullmq';
import { expect } from 'vitest';
import { QueueAdapter } from '../src/dashboard/queue-adapter.ts';
import { type TestApi, test } from './support/test-api.ts';

const open = ({ queues, shards }: TestApi) =>
  new QueueAdapter(queues.emails, createJobRemoval(queues, openStores(shards, { hashSecret: 'x' })), '');

test('a page has a hundred jobs where nobody says how many', async ({ openApi, redis }) => {
  const api = await openApi({ keyPrefix: `${redis.prefix}:adapter-pages` });
  const jobs = Array.from({ length: 120 }, () => ({ name: 'send-welcome-email', data: {} as never }));
  await api.queues.emails.addBulk(jobs);
  const adapter = open(api);
  expect(await adapter.getJobs(['waiting'])).toHaveLength(100);
  expect(await adapter.getJobs(['waiting'], 100)).toHaveLength(20);
});

test('a job that is gone by the time it is read is left out', async ({ openApi, redis }) => {
  const api = await openApi({ keyPrefix: `${redis.prefix}:adapter-gone` });
  const { emails } = api.queues;
  const { id } = await emails.add('send-welcome-email', {} as never);
  await api.connection.lpush(emails.toKey('wait'), 'gone');
  expect((await open(api).getJobs(['waiting'])).map((job) => job.id)).toEqual([id]);
});

test('a retry gives a job all its attempts again', async ({ openApi, redis }) => {
  const api = await openApi({ keyPrefix: `${redis.prefix}:adapter-retry` });
  const { emails } = api.queues;
  const { id = '' } = await emails.add('send-welcome-email', {} as never, { attempts: 1 });
  const fail = async () => {
    throw new Error('no');
  };
  await using opened = new AsyncDisposableStack();
  const connection = api.connection.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null });
  opened.defer(() => connection.disconnect());
  const worker = new Worker('emails', fail, { connection, prefix: `${redis.prefix}:adapter-retry` });
  await expect.poll(() => emails.getJobState(id)).toBe('failed');
  await worker.close(true);
  expect((await emails.getJob(id))?.attemptsMade).toBe(1);
  await (await open(api).getJob(id))?.retry('failed');
  expect(await emails.getJob(id)).toMatchObject({ attemptsMade: 0 });
  expect(await emails.getJobState(id)).toBe('waiting');
});

test('the child that a parent waits for is removed as an email is: it is given up', async ({
  openApi,
  redis,
}) => {
  const api = await openApi({ keyPrefix: `${redis.prefix}:adapter-child` });
  const id = randomUUIDv7();
  const removed: string[] = [];
  const removal = createJobRemoval(api.queues, openStores(api.shards, { hashSecret: 'x' }));
  const adapter = new QueueAdapter(
    api.queues.users,
    { ...removal, removeChild: async (parent) => void removed.push(parent) },
    '',
  );
  await api.queues.users.add('create-user', {} as never, { jobId: id });
  await (await adapter.getJob(id))?.removeUnprocessedChildren();
  expect(removed).toEqual([id]);
});
