import { describe, expect } from 'vitest';
import { canCompleteParents } from '../src/complete-parents.ts';
import { welcomedReport } from '../src/processors/create-user.ts';
import { sentReport } from '../src/processors/send-welcome-email.ts';
import { type ParkedSignUp, test } from './support/parked-sign-up.ts';

const stateOf = async ({ queues, id }: ParkedSignUp) => (await queues.users.getJob(id))?.getState();

test('parents are completed with the BullMQ that is installed, and with no other', () => {
  expect(canCompleteParents()).toBe(true);
  expect(canCompleteParents('-- another script')).toBe(false);
});

describe('an email that was sent', () => {
  test('leaves in Redis what it leaves with a second pass, but for that', async ({ open }) => {
    const [short, long] = [open(), open({ completesParents: false })];
    for (const signUp of [short, long]) {
      const { email } = await signUp.park();
      // When it began to wait, however long ago that is.
      await signUp.connection.hset(signUp.queues.users.toKey(signUp.id), 'processedOn', 1);
      await email.moveToCompleted(sentReport, 'run', false);
    }
    await (await long.take(long.users, 'second pass')).moveToCompleted(welcomedReport, 'second pass', false);

    const { ':users:events': shortEvents, ':users:ID': shortJob, ...shortRest } = await short.left();
    const { ':users:events': longEvents, ':users:ID': longJob, ...longRest } = await long.left();
    expect(shortRest).toEqual(longRest);
    expect(longJob).toEqual({ ...(shortJob as object), ats: '2' });
    const first = ['added', 'waiting', 'active', 'waiting-children'];
    expect(longEvents).toEqual([...first, 'waiting', 'active', 'completed', 'drained']);
    expect(shortEvents).toEqual([...first, 'completed', 'drained']);
  });

  test('has the worker of the users say that the sign-up has completed', async ({ open }) => {
    const signUp = open();
    const { id, said } = signUp;
    const { email } = await signUp.park();
    await email.moveToCompleted(sentReport, 'run', false);
    const data = { userId: id, requestId: 'r' };
    await expect.poll(() => said).toEqual([{ name: 'create-user', id, data, report: welcomedReport }]);
  });

  test('has the next email start at once', async ({ open }) => {
    const signUp = open();
    const { email } = await signUp.park();
    await signUp.queues.emails.add('next', {} as never, { jobId: 'next' });
    const [next, nextId] = (await email.moveToCompleted(sentReport, 'run', true)) ?? [];
    expect(next).toMatchObject({ name: 'next' });
    expect(nextId).toBe('next');
    expect(await stateOf(signUp)).toBe('completed');
  });
});

describe('the sign-up has its second pass', () => {
  interface Case {
    title: string;
    park?: Parameters<ParkedSignUp['park']>[0];
    change?: (signUp: ParkedSignUp) => Promise<unknown>;
    report?: object;
    state?: string;
  }
  const cases: Case[] = [
    { title: 'when its queue is paused', change: ({ queues }) => queues.users.pause() },
    { title: 'when the email was not sent', report: { outcome: 'superseded' } },
    { title: 'when it still has the details of the person', park: { forgets: false } },
    { title: 'when it is not parked yet', park: { parks: false }, state: 'active' },
    {
      title: 'when it waits for another job as well',
      change: ({ queues, id, connection }) =>
        connection.sadd(`${queues.users.toKey(id)}:dependencies`, 'other'),
      state: 'waiting-children',
    },
    {
      title: 'when another job that it waited for has failed',
      change: ({ queues, id, connection }) =>
        connection.zadd(`${queues.users.toKey(id)}:unsuccessful`, 1, 'other'),
    },
    {
      title: 'when it waits for another email',
      change: async ({ queues, id, connection }) => {
        const dependencies = `${queues.users.toKey(id)}:dependencies`;
        await connection.multi().del(dependencies).sadd(dependencies, 'other').exec();
      },
      state: 'waiting-children',
    },
  ];
  test.for(cases)('$title', async ({ park, change, report = sentReport, state = 'waiting' }, { open }) => {
    const signUp = open();
    const { email } = await signUp.park(park);
    await change?.(signUp);
    await email.moveToCompleted(report, 'run', false);
    expect(await email.getState()).toBe('completed');
    expect(await stateOf(signUp)).toBe(state);
  });

  test('when the step breaks off', async ({ open }) => {
    const signUp = open();
    const { connection, queues, users } = signUp;
    const { email } = await signUp.park();
    await connection.set(queues.emails.toKey('completed'), 'what can not have a job');
    await expect(email.moveToCompleted(sentReport, 'run', false)).rejects.toThrow('WRONGTYPE');
    expect(await stateOf(signUp)).toBe('active');
    await users.startStalledCheckTimer();
    await expect.poll(() => stateOf(signUp)).toBe('waiting');
  });
});

describe('a run of the email that has lost its lock', () => {
  test('completes neither job, and says why', async ({ open }) => {
    const signUp = open();
    const { queues, connection } = signUp;
    const { email } = await signUp.park();
    await connection.set(`${queues.emails.toKey(email.id as string)}:lock`, 'of another run');
    const before = await signUp.left();
    await expect(email.moveToCompleted(sentReport, 'run', false)).rejects.toThrow('Lock mismatch');
    expect(await signUp.left()).toEqual(before);
    expect(await stateOf(signUp)).toBe('waiting-children');
  });
});

describe('completes alone', () => {
  test('an email whose sign-up was removed', async ({ open }) => {
    const signUp = open();
    const { email } = await signUp.park();
    await signUp.queues.users.remove(signUp.id, { removeChildren: false });
    await email.moveToCompleted(sentReport, 'run', false);
    expect(await email.getState()).toBe('completed');
    expect(await stateOf(signUp)).toBeUndefined();
  });

  test('an email that is sent again, after its sign-up has completed', async ({ open }) => {
    const signUp = open();
    const { email } = await signUp.park();
    await email.moveToCompleted(sentReport, 'run', false);
    const read = async () => (await signUp.queues.users.getJob(signUp.id))?.asJSON();
    const before = await read();
    await email.retry('completed');
    await (await signUp.take(signUp.emails, 'again')).moveToCompleted(sentReport, 'again', false);
    expect(await email.getState()).toBe('completed');
    expect(await read()).toEqual(before);
    expect(signUp.said).toHaveLength(1);
  });
});
