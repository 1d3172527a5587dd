import type { Job, Queue } from 'bullmq';
import { describe, expect } from 'vitest';
import { untilState } from './support/job-state.ts';
import { test } from './support/queues.ts';
import type { World } from './support/world.ts';

const completed = async ({ users }: { users: Queue }, id: string): Promise<Job> => {
  await untilState(users, id, 'completed');
  return (await users.getJob(id)) as Job;
};

const logged = ({ log }: World, id: string): unknown[] =>
  log
    .split('\n')
    .filter((line) => line.includes('"job completed"') && line.includes(id))
    .map((line) => JSON.parse(line));

describe('the job of a sign-up', () => {
  test('runs once where the email is sent, and is reported after it', async ({ world, queues }) => {
    const id = await world.signUp('sent@example.com');
    const { attemptsStarted, attemptsMade, returnvalue } = await completed(queues, id);
    expect(returnvalue).toEqual({ outcome: 'created', welcomeEmail: 'sent' });
    expect({ attemptsStarted, attemptsMade }).toEqual({ attemptsStarted: 1, attemptsMade: 1 });
    const email = await queues.emails.getJob(`welcome-${id}`);
    await expect
      .poll(() => logged(world, id))
      .toMatchObject([
        { job: 'send-welcome-email', requestId: email?.data.requestId, report: { outcome: 'sent' } },
        { job: 'create-user', jobId: id, requestId: email?.data.requestId, report: returnvalue },
      ]);
  });

  test('runs once where the email is sent by its second attempt', async ({ world, queues }) => {
    world.smtp.script = { onRcptTo: () => ({ code: 450, message: '4.2.0 come later' }) };
    const id = await world.signUp('later@example.com');
    await untilState(queues.emails, `welcome-${id}`, 'delayed');
    world.smtp.script = {};
    await (await queues.emails.getJob(`welcome-${id}`))?.promote();
    expect(await completed(queues, id)).toMatchObject({ attemptsStarted: 1 });
  });

  test('runs a second time where the email is refused', async ({ world, queues }) => {
    world.smtp.script = { onRcptTo: () => ({ code: 550, message: '5.1.1 no such user' }) };
    const id = await world.signUp('refused@example.com');
    const job = await completed(queues, id);
    world.smtp.script = {};
    expect(job).toMatchObject({ attemptsStarted: 2, returnvalue: { welcomeEmail: 'failed' } });
  });

  test('waits for its second run while its queue is paused', async ({ world, queues }) => {
    await queues.emails.pause();
    const id = await world.signUp('paused@example.com');
    await untilState(queues.users, id, 'waiting-children');
    await queues.users.pause();
    await queues.emails.resume();
    await untilState(queues.emails, `welcome-${id}`, 'completed');
    await untilState(queues.users, id, 'waiting');
    await queues.users.resume();
    expect(await completed(queues, id)).toMatchObject({ attemptsStarted: 2 });
  });
});
