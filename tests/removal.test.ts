import { randomUUIDv7 } from 'node:crypto';
import type { Queue } from 'bullmq';
import { expect } from 'vitest';
import { untilState } from './support/job-state.ts';
import { test } from './support/queues.ts';
import { untilReconciled } from './support/reconciled.ts';
import type { World } from './support/world.ts';

const often = { RECONCILE_INTERVAL: '300ms' };

test.beforeAll(async ({ world }) => {
  await world.workers.pop()?.stop();
  await world.startWorker(often);
});

const refuse = () => ({ code: 550, message: '5.1.1 no such mailbox' });
const defer = () => ({ code: 451, message: '4.7.1 try again later' });

/** As long as the reconciler needs to look at everything twice more. */
const untilReconciledTwice = (maintenance: Queue) => untilReconciled(maintenance, 2);

test('an email that is removed after a retry is never sent, and the sign-up says why', async ({
  world,
  queues,
}) => {
  world.smtp.script = { onRcptTo: refuse };
  const id = await world.signUp('removed.after.retry@example.com');
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'failed' } });
  await untilState(queues.users, id, 'completed');
  world.smtp.script = { onRcptTo: defer };
  expect((await world.operate('PUT', `/queues/emails/welcome-${id}/retry`)).status).toBe(204);
  await expect
    .poll(() => world.find(id))
    .toMatchObject({ welcomeEmail: { status: 'pending', error: expect.stringContaining('451') } });
  await untilState(queues.emails, `welcome-${id}`, 'delayed');
  expect((await world.operate('PUT', `/queues/emails/welcome-${id}/clean`)).status).toBe(204);
  world.smtp.script = {};
  await untilReconciledTwice(queues.maintenance);
  expect(world.smtp.to('removed.after.retry@example.com')).toHaveLength(0);
  await untilState(queues.emails, `welcome-${id}`, 'gone');
  expect(await world.find(id)).toMatchObject({
    status: 'created',
    welcomeEmail: { status: 'failed', attempts: 2, error: 'The email job was removed from the queue' },
  });
});

const parked = async (world: World, queues: Record<'users' | 'emails', Queue>, email: string) => {
  await queues.emails.pause();
  const id = await world.signUp(email);
  await untilState(queues.users, id, 'waiting-children');
  return id;
};

test('a parked sign-up that is removed takes its email with it', async ({ world, queues }) => {
  const id = await parked(world, queues, 'removed.parent@example.com');
  expect((await world.operate('PUT', `/queues/users/${id}/clean`)).status).toBe(204);
  await queues.emails.resume();
  await untilReconciledTwice(queues.maintenance);
  expect(world.smtp.to('removed.parent@example.com')).toHaveLength(0);
  // A reconciler that looked while both were being removed may have added one, which found that there is nothing to send.
  await untilState(queues.emails, `welcome-${id}`, /gone|completed/);
  expect(await world.find(id)).toMatchObject({
    status: 'created',
    welcomeEmail: { status: 'failed', error: 'The email job was removed from the queue' },
  });
});

test('a parked sign-up whose child is removed goes on, and says so', async ({ world, queues }) => {
  const id = await parked(world, queues, 'removed.child@example.com');
  const removed = await world.operate('PUT', `/queues/users/${id}/remove-unprocessed-children`);
  expect(removed.status).toBe(200);
  await expect
    .poll(() => world.job('users', id))
    .toMatchObject({ returnValue: { outcome: 'created', welcomeEmail: 'failed' } });
  await queues.emails.resume();
  await untilReconciledTwice(queues.maintenance);
  expect(world.smtp.to('removed.child@example.com')).toHaveLength(0);
});

test('neither an email that is being sent nor its parent can be removed, and it is sent', async ({
  world,
  queues,
}) => {
  let answer = () => {};
  const isAsked = new Promise<void>((ask) => {
    world.smtp.script = {
      onData: () => {
        ask();
        return new Promise((resolve) => {
          answer = () => resolve(undefined);
        });
      },
    };
  });
  const id = await world.signUp('being.sent@example.com');
  await isAsked;
  for (const path of [`users/${id}`, `emails/welcome-${id}`]) {
    const refused = await world.operate('PUT', `/queues/${path}/clean`);
    expect(refused.status).toBe(409);
    expect(JSON.stringify(await refused.json())).toContain('JOB_IS_ACTIVE');
  }
  answer();
  world.smtp.script = {};
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent', attempts: 1 } });
  await untilState(queues.users, id, 'completed');
});

test('a removal that was interrupted before the job was gone holds all the same', async ({
  world,
  queues,
  stores,
}) => {
  await queues.users.pause();
  const id = await world.signUp('half.removed@example.com');
  await stores.signUpStore.recordRemoval(id);
  await queues.users.resume();
  await expect.poll(() => world.job('users', id)).toMatchObject({ returnValue: { outcome: 'removed' } });
  expect(await world.find(id)).toEqual({ id, status: 'removed' });
  expect(world.smtp.to('half.removed@example.com')).toHaveLength(0);
});

test('a completed sign-up that is removed leaves the email alone that an operator retries', async ({
  world,
  queues,
}) => {
  world.smtp.script = { onRcptTo: refuse };
  const id = await world.signUp('history@example.com');
  await untilState(queues.users, id, 'completed');
  expect((await world.operate('PUT', `/queues/users/${id}/clean`)).status).toBe(204);
  world.smtp.script = {};
  expect((await world.operate('PUT', `/queues/emails/welcome-${id}/retry`)).status).toBe(204);
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
  await untilState(queues.users, id, 'gone');
});

test('a sign-up that failed and is removed says that it was removed', async ({ world, queues }) => {
  const id = randomUUIDv7();
  await queues.users.add('create-user', { userId: id, requestId: 'by-hand', newUser: {} }, { jobId: id });
  await expect.poll(() => world.find(id)).toEqual({ id, status: 'failed' });
  await untilState(queues.users, id, 'failed');
  expect((await world.operate('PUT', '/queues/users/clean/failed')).status).toBe(200);
  await untilState(queues.users, id, 'gone');
  expect(await world.find(id)).toEqual({ id, status: 'removed' });
});
