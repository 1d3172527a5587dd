import { describe, expect } from 'vitest';
import { untilState } from './support/job-state.ts';
import { test } from './support/queues.ts';
import { untilReconciled } from './support/reconciled.ts';

const oftenMs = 500;
const nothingToDo = { live: 1, attached: 0, freed: 0, ended: 0, failed: 0, promoted: 0 };
const often = { RECONCILE_INTERVAL: `${oftenMs}ms` };

test.beforeAll(async ({ world }) => {
  await world.workers.pop()?.stop();
  await world.startWorker(often);
  await world.startWorker(often);
});

describe('the reconciler', () => {
  test('attaches the email again when its job is lost, and the parent ends with it', async ({
    world,
    queues,
    redis,
  }) => {
    await queues.emails.pause();
    const id = await world.signUp('lost.child@example.com');
    await untilState(queues.users, id, 'waiting-children');
    const lost = redis.multi().del(queues.emails.toKey(`welcome-${id}`));
    await lost.lrem(queues.emails.toKey('wait'), 0, `welcome-${id}`).exec();
    await queues.emails.resume();
    await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent', attempts: 1 } });
    await untilState(queues.users, id, 'completed');
  });

  test('sends the email, without a parent, when both jobs are lost', async ({ world, queues, redis }) => {
    await queues.emails.pause();
    const id = await world.signUp('lost.both@example.com');
    await untilState(queues.users, id, 'waiting-children');
    // At once, since a reconciler that came in between would add a job again.
    const lost = redis.multi().del(queues.emails.toKey(`welcome-${id}`), queues.users.toKey(id));
    lost.lrem(queues.emails.toKey('wait'), 0, `welcome-${id}`);
    await lost.zrem(queues.users.toKey('waiting-children'), id).exec();
    await queues.emails.resume();
    await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent', attempts: 1 } });
    expect(await queues.users.getJob(id)).toBeUndefined();
  });

  test('frees a parent that is parked for an email that has ended', async ({ world, queues, redis }) => {
    await queues.emails.pause();
    const id = await world.signUp('parked@example.com');
    await untilState(queues.users, id, 'waiting-children');
    const ended = redis.multi().lrem(queues.emails.toKey('wait'), 0, `welcome-${id}`);
    ended.zadd(queues.emails.toKey('completed'), Date.now(), `welcome-${id}`);
    const fields = { finishedOn: Date.now(), returnvalue: '{}' };
    await ended.hset(queues.emails.toKey(`welcome-${id}`), fields).exec();
    await queues.emails.resume();
    await untilState(queues.users, id, 'completed');
    expect(await world.find(id)).toMatchObject({ welcomeEmail: { status: 'failed' } });
  });

  test('leaves alone what is live, and runs once for all workers', async ({ world, queues }) => {
    await queues.emails.pause();
    const id = await world.signUp('live@example.com');
    await untilState(queues.users, id, 'waiting-children');
    await untilReconciled(queues.maintenance, 4);
    const [last] = await queues.maintenance.getCompleted(0, 0);
    expect(last?.returnvalue).toMatchObject(nothingToDo);
    const runs = await queues.maintenance.getCompleted(0, 3);
    const gapsMs = runs.slice(1).map((run, index) => (runs[index]?.timestamp ?? 0) - run.timestamp);
    expect(Math.min(...gapsMs)).toBeGreaterThan(0.5 * oftenMs);
    await queues.emails.resume();
    await expect.poll(() => world.smtp.to('live@example.com')).toHaveLength(1);
  });

  test('goes on when its queue was emptied, and ends the schedule of an earlier version', async ({
    queues: { maintenance },
  }) => {
    await maintenance.obliterate({ force: true });
    await maintenance.upsertJobScheduler('reconcile-sign-ups', { every: 60 * 60_000 });
    await expect.poll(() => maintenance.getJobSchedulersCount()).toBe(0);
    // A run was asked for before the schedule was there, and the schedule's own first job is due at once.
    await expect.poll(async () => (await maintenance.getJobCounts()).completed).toBeGreaterThan(3);
    expect(await maintenance.getDelayedCount()).toBe(0);
  });
});
