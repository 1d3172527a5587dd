import type { Queue } from 'bullmq';
import { afterEach, describe, expect } from 'vitest';
import { untilState } from './support/job-state.ts';
import { test } from './support/queues.ts';
import { onlyOn } from './support/test-store.ts';
import type { World } from './support/world.ts';

describe('a payload that was put into the queue by hand', () => {
  test.for([
    { title: 'nothing', data: {} },
    {
      title: 'no user id',
      data: { requestId: 'r', newUser: { name: 'Ada', email: 'a@example.com', locale: 'en' } },
    },
    {
      title: 'a bad email',
      data: {
        userId: '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10',
        requestId: 'r',
        newUser: { name: 'Ada', email: 'secret', locale: 'en' },
      },
    },
  ])(
    '$title: fails at once, is not retried, shows no value, and stops nothing',
    async ({ data }, { world, queues }) => {
      const job = await queues.users.add('create-user', data, { attempts: 10 });
      await expect.poll(() => job.getState()).toBe('failed');
      const failed = await queues.users.getJob(job.id as string);
      expect(failed?.attemptsMade).toBe(1);
      expect(failed?.failedReason).toMatch(/^create-user: payload/);
      expect(failed?.failedReason).not.toContain('secret');
      const id = await world.signUp(`after.${job.id}@example.com`);
      await expect.poll(() => world.find(id)).toMatchObject({ status: 'created' });
    },
  );
});

describe('what the queue keeps', () => {
  test('holds nothing personal once the user is stored', async ({ world, queues }) => {
    const id = await world.signUp('forgotten@example.com');
    await untilState(queues.users, id, 'completed');
    const job = await queues.users.getJob(id);
    expect(Object.keys(job?.data)).toEqual(['userId', 'requestId']);
    expect(job?.returnvalue).toEqual({ outcome: 'created', welcomeEmail: 'sent' });
  });

  test('is not needed to tell what became of a sign-up', async ({ world, queues }) => {
    await queues.users.pause();
    const ids = [await world.signUp('cleaned@example.com'), await world.signUp('cleaned@example.com')];
    await queues.users.resume();
    for (const id of ids) await untilState(queues.users, id, 'completed');
    for (const queue of [queues.users, queues.emails]) await queue.clean(0, 1_000, 'completed');
    for (const id of ids) expect(await queues.users.getJob(id)).toBeUndefined();
    const [created, rejected] = (await world.findAll(ids)).sort((a, b) => (a.status < b.status ? -1 : 1));
    expect(created).toMatchObject({ status: 'created', welcomeEmail: { status: 'sent' } });
    expect(rejected).toEqual({ id: rejected?.id, status: 'rejected', reason: 'email-taken' });
  });
});

describe('while no worker takes it', () => {
  afterEach<{ queues: { users: Queue; emails: Queue } }>(async ({ queues }) => {
    await queues.users.resume();
    await queues.emails.resume();
  });

  test('a sign-up is queued, with what was given', async ({ world, queues }) => {
    await queues.users.pause();
    const id = await world.signUp('waits@example.com', { name: 'Grace' });
    expect(await world.find(id)).toEqual({
      id,
      status: 'queued',
      name: 'Grace',
      email: 'waits@example.com',
      locale: 'en',
    });
  });

  const removeEmail = async (world: World, queues: { users: Queue; emails: Queue }): Promise<string> => {
    await queues.emails.pause();
    const id = await world.signUp('removed@example.com');
    await untilState(queues.users, id, 'waiting-children');
    expect(await world.find(id)).toMatchObject({ status: 'created', welcomeEmail: { status: 'pending' } });
    await queues.emails.remove(`welcome-${id}`);
    return id;
  };

  onlyOn('redis', test)(
    'an email whose job is removed from Redis by hand is given up',
    async ({ world, queues }) => {
      const id = await removeEmail(world, queues);
      await untilState(queues.users, id, 'completed');
      expect(await queues.emails.getJob(`welcome-${id}`)).toBeUndefined();
      expect(await world.find(id)).toMatchObject({
        status: 'created',
        welcomeEmail: { status: 'failed', error: 'The email job was removed from the queue' },
      });
    },
  );

  // What Redis has lost looks the same. An operator removes it on the dashboard, which the database keeps.
  onlyOn('postgres', test)(
    'an email whose job is gone from Redis is attached again',
    async ({ world, queues }) => {
      const id = await removeEmail(world, queues);
      await expect.poll(() => queues.emails.getJob(`welcome-${id}`)).toBeDefined();
      await queues.emails.resume();
      await expect
        .poll(() => world.find(id))
        .toMatchObject({ welcomeEmail: { status: 'sent', attempts: 1 } });
    },
  );
});
