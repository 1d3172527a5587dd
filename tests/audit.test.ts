import { runAudit } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { untilState } from './support/job-state.ts';
import { test } from './support/queues.ts';

test.afterEach(async ({ queues }) => {
  await queues.users.resume();
  await queues.emails.resume();
  await queues.maintenance.resume();
});

test('finds every sign-up in exactly one state, while some are done and some wait', async ({
  world,
  queues,
}) => {
  const done = await world.signUp('done@example.com');
  await expect.poll(() => world.find(done)).toMatchObject({ welcomeEmail: { status: 'sent' } });
  await queues.emails.pause();
  const waits = await world.signUp('waits@example.com');
  await expect.poll(() => world.find(waits)).toMatchObject({ status: 'created' });
  await queues.users.pause();
  await world.signUp('queued@example.com');
  const { code, output } = await runAudit(world.env);
  expect(output).toMatch(/1 {2}created, email sent/);
  expect(output).toMatch(/1 {2}created, email pending/);
  expect(output).toMatch(/1 {2}in flight/);
  expect(output).toMatch(/^0 that hang/m);
  expect(code).toBe(0);
});

test('names the one whose job is lost, and exits 1', async ({ world, queues, redis }) => {
  await queues.emails.pause();
  // So that the reconciler does not find it first.
  await queues.maintenance.pause();
  await expect.poll(() => queues.maintenance.getActiveCount()).toBe(0);
  const id = await world.signUp('hangs@example.com');
  await untilState(queues.users, id, 'waiting-children');
  await redis.del(queues.emails.toKey(`welcome-${id}`));
  await redis.lrem(queues.emails.toKey('wait'), 0, `welcome-${id}`);
  await redis.lrem(queues.emails.toKey('paused'), 0, `welcome-${id}`);
  const { code, output } = await runAudit(world.env);
  expect(output).toContain(`${id}: its email is pending, and no job will send it`);
  expect(code).toBe(1);
});

test('says so when Redis is away', async ({ world }) => {
  const { code, output } = await runAudit({ ...world.env, REDIS_URL: 'redis://127.0.0.1:1' });
  expect(output).toContain('ECONNREFUSED');
  expect(code).toBe(2);
});
