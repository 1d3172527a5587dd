import { describe, expect } from 'vitest';
import { test } from './support/queues.ts';

describe('an email that the mail server refuses for good', () => {
  test('leaves the user intact, and is sent when an operator retries it', async ({ world }) => {
    world.smtp.script = {
      onRcptTo: () => ({ code: 550, message: '5.1.1 no such mailbox <refused@example.com>' }),
    };
    const id = await world.signUp('refused@example.com');
    await expect
      .poll(() => world.find(id))
      .toMatchObject({
        status: 'created',
        welcomeEmail: { status: 'failed', attempts: 1, error: expect.stringContaining('550') },
      });
    expect((await world.find(id)).welcomeEmail?.error).not.toContain('refused@');
    await expect
      .poll(() => world.job('users', id))
      .toMatchObject({
        returnValue: { outcome: 'created', welcomeEmail: 'failed' },
      });

    world.smtp.script = {};
    const retried = await world.operate('PUT', `/queues/emails/welcome-${id}/retry`);
    expect(retried.status).toBe(204);
    await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent', attempts: 2 } });
    expect(world.smtp.messages).toHaveLength(1);
  });

  test('is waited for by its parent when it is retried before that has ended', async ({ world, queues }) => {
    const stateOf = async (id: string) => (await queues.users.getJob(id))?.getState();
    world.smtp.script = { onRcptTo: () => ({ code: 550, message: '5.1.1 no such mailbox' }) };
    await queues.emails.pause();
    const id = await world.signUp('retried.early@example.com');
    await expect.poll(() => stateOf(id)).toBe('waiting-children');
    await queues.users.pause();
    await queues.emails.resume();
    await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'failed' } });
    await expect.poll(() => stateOf(id)).toBe('waiting');
    await queues.emails.pause();
    expect((await world.operate('PUT', `/queues/emails/welcome-${id}/retry`)).status).toBe(204);
    await queues.users.resume();
    // Its first attempt can't end beside the email; the second asks.
    await expect.poll(() => stateOf(id)).toBe('waiting-children');
    world.smtp.script = {};
    await queues.emails.resume();
    await expect
      .poll(() => world.job('users', id))
      .toMatchObject({ returnValue: { outcome: 'created', welcomeEmail: 'sent' } });
  });
});

test('the dashboard shows all queues, and a sign-up as a tree', async ({ world }) => {
  const id = await world.signUp('tree@example.com');
  await expect.poll(() => world.job('users', id)).toMatchObject({ returnValue: { outcome: 'created' } });
  const { queues } = (await (await world.operate('GET', '/queues')).json()) as { queues: { name: string }[] };
  expect(queues.map(({ name }) => name)).toEqual(['users', 'emails', 'maintenance']);
  const flow = JSON.stringify(await (await world.operate('GET', `/queues/users/${id}/flow`)).json());
  expect(flow).toContain(`welcome-${id}`);
});

test('the concurrency that is set on the dashboard holds for all workers together', async ({ world }) => {
  await world.startWorker();
  expect((await world.operate('PUT', '/queues/emails/concurrency', { concurrency: 2 })).status).toBe(200);
  let sending = 0;
  let most = 0;
  world.smtp.script = {
    onData: () => {
      sending += 1;
      most = Math.max(most, sending);
      return 100;
    },
    onFinalDot: () => {
      sending -= 1;
    },
  };
  const ids = await world.signUpMany(20, 'concurrency');
  await expect
    .poll(
      async () => (await world.findAll(ids)).filter((each) => each.welcomeEmail?.status === 'sent').length,
    )
    .toBe(20);
  expect(most).toBe(2);
  world.smtp.script = {};
  expect((await world.operate('PUT', '/queues/emails/concurrency', { concurrency: 0 })).status).toBe(200);
});

test('an email that was tried often keeps the stacks of its last attempts alone', async ({
  world,
  queues,
}) => {
  world.smtp.script = { onRcptTo: () => ({ code: 451, message: '4.7.1 try again later' }) };
  const id = await world.signUp('tried.often@example.com');
  const tryAgain = async () => {
    await queues.emails.promoteJobs();
    return (await world.find(id)).welcomeEmail?.attempts;
  };
  await expect.poll(tryAgain).toBeGreaterThan(6);
  expect((await queues.emails.getJob(`welcome-${id}`))?.stacktrace).toHaveLength(3);
  world.smtp.script = {};
});
