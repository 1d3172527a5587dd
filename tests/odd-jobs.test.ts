import { expect } from 'vitest';
import { test } from './support/queues.ts';

const odd = [null, 1, 'text', [], {}, { userId: null }, { userId: {} }, { userId: '../x', requestId: {} }];

test('a job that holds anything fails with its reason, in one line, and nothing else is logged of it', async ({
  world,
  queues,
  redis,
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
  expect(await redis.keys('*:sign-up:*')).toEqual([]);
  expect(world.log).not.toMatch(/TypeError|worker error|could not record/);
});
