import { expect } from 'vitest';
import { untilState } from './support/job-state.ts';
import { test } from './support/queues.ts';

const odd = [null, 1, 'text', [], {}, { userId: null }, { userId: {} }, { userId: '../x', requestId: {} }];

test('a job that holds anything fails with its reason, in one line, and nothing else is logged of it', async ({
  world,
  queues,
  stores,
}) => {
  const jobs = [
    ...odd.map((data) => ({ name: 'create-user', data, queue: queues.users })),
    ...odd.map((data) => ({ name: 'send-welcome-email', data, queue: queues.emails })),
    { name: 'n'.repeat(5_000), data: null, queue: queues.maintenance },
  ];
  world.log = '';
  const added = await Promise.all(
    jobs.map(async ({ name, data, queue }, index) => queue.add(name, data, { jobId: `odd-${index}` })),
  );
  await expect
    .poll(async () => Promise.all(added.map((job) => job.getState())))
    .toEqual(added.map(() => 'failed'));
  const linesOf = (id: string) => world.log.split('\n').filter((line) => line.includes(`"${id}"`));
  for (const { id = '' } of added) {
    await expect.poll(() => linesOf(id)).toHaveLength(1);
    expect(linesOf(id)[0]).toMatch(
      /"reason":"(create-user: payload|send-welcome-email: payload|No processor)/,
    );
    expect(linesOf(id)[0]?.length).toBeLessThan(700);
  }
  expect(await Array.fromAsync(stores.signUpStore.ids())).toEqual([]);
  expect(world.log).not.toMatch(/TypeError|worker error|could not record/);
});

test('a job that no worker can read holds up no other, and can be removed once its queue is paused', {
  timeout: 120_000,
}, async ({ world, queues, redis }) => {
  await queues.emails.pause();
  await queues.emails.add('send-welcome-email', {}, { jobId: 'unreadable' });
  await redis.hset(queues.emails.toKey('unreadable'), 'data', 'ada@example.com, which is no JSON');
  const id = await world.signUp('beside@example.com');
  await untilState(queues.users, id, 'waiting-children');
  await queues.emails.resume();
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
  await queues.emails.pause();
  const remove = async () => (await world.operate('PUT', '/queues/emails/unreadable/clean')).status;
  await expect.poll(remove, { timeout: 60_000, interval: 500 }).toBe(204);
  expect(await queues.emails.getJobCountByTypes('waiting', 'active')).toBe(0);
  expect(world.log).not.toContain('ada@');
  await queues.emails.resume();
});
