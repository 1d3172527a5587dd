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
