import { expect } from 'vitest';
import { untilState } from './support/job-state.ts';
import { test } from './support/queues.ts';

const often = { RECONCILE_INTERVAL: '300ms' };

test.beforeAll(async ({ world }) => {
  await world.workers.pop()?.stop();
  await world.startWorker(often);
});

const refuse = () => ({ code: 550, message: '5.1.1 no such mailbox' });
const defer = () => ({ code: 451, message: '4.7.1 try again later' });

/** As long as the reconciler needs to look at everything twice more. */
const untilReconciledTwice = async (maintenance: { getCompleted(): Promise<{ id?: string }[]> }) => {
  const newest = async () => Number((await maintenance.getCompleted())[0]?.id ?? 0);
  const before = await newest();
  await expect.poll(newest).toBeGreaterThan(before + 2);
};

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
