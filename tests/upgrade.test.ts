import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { test } from './support/queues.ts';

const readFixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`./payloads/${name}.json`, import.meta.url), 'utf8'));

describe('a job of a neighbouring version', () => {
  test.for(['before', 'after'])('%s this one runs to its end', async (name, { world, queues }) => {
    const payload = readFixture(name);
    await queues.users.add('create-user', payload, { jobId: payload.userId });
    await expect
      .poll(() => world.find(payload.userId))
      .toMatchObject({ status: 'created', welcomeEmail: { status: 'sent' } });
  });

  test('that this one cannot read waits for a newer worker, in front of the client too', async ({
    world,
    queues,
    stores,
  }) => {
    const payload = readFixture('unreadable');
    const newUser = { name: 'Ada', email: 'unreadable@example.com', locale: 'en' } as const;
    await stores.accepted?.accept(payload.userId, newUser);
    const job = await queues.users.add('create-user', payload, { jobId: payload.userId, attempts: 1 });
    await expect.poll(() => job.getState()).toBe('delayed');
    expect(await world.find(payload.userId)).toMatchObject({ id: payload.userId, status: 'queued' });
    // A newer worker, were there one, would take it as it is.
    const kept = await queues.users.getJob(payload.userId);
    expect(kept).toMatchObject({ data: payload, attemptsMade: 0 });
    await kept?.updateData({ userId: payload.userId, requestId: 'r', newUser });
    await kept?.promote();
    await expect.poll(() => world.find(payload.userId)).toMatchObject({ status: 'created' });
  });

  test('fails when no newer worker has come for a day', async ({ world, queues }) => {
    const userId = '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e23';
    const dayAgo = Date.now() - 25 * 60 * 60 * 1_000;
    await queues.users.add(
      'create-user',
      { ...readFixture('unreadable'), userId },
      { jobId: userId, timestamp: dayAgo, attempts: 10 },
    );
    await expect.poll(() => world.find(userId)).toEqual({ id: userId, status: 'failed' });
    // The store knows first.
    await expect
      .poll(() => world.job('users', userId))
      .toMatchObject({ failedReason: 'create-user: written by a newer version' });
  });
});
