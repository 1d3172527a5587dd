import { findFaketime, findMachinePart, otherClock } from '@backend-jobs/local-services';
import { beforeEach, describe, expect } from 'vitest';
import { test } from './support/queues.ts';

const faketime = await findMachinePart({
  name: 'libfaketime',
  tests: 'a worker whose clock is ahead',
  find: findFaketime,
});
const hourAhead = () => otherClock(faketime.get(), '+1h');
const often = { RECONCILE_INTERVAL: '500ms' };

beforeEach(faketime.orSkip);

describe('a worker whose clock is an hour ahead', () => {
  test('does not put off the reconciler', async ({ world, queues }) => {
    for (const worker of world.workers.splice(0)) await worker.stop();
    await queues.maintenance.obliterate({ force: true });
    const ahead = await world.startWorker({ ...often, ...hourAhead() });
    const countRuns = async () => (await queues.maintenance.getJobCounts()).completed ?? 0;
    await expect.poll(countRuns).toBeGreaterThan(0);
    const [run] = await queues.maintenance.getCompleted(0, 0);
    expect(run?.timestamp).toBeGreaterThan(Date.now() + 59 * 60_000);
    await ahead.stop();
    world.workers.pop();

    const before = await countRuns();
    await world.startWorker(often);
    await expect.poll(countRuns).toBeGreaterThan(before + 1);
  });

  test('puts off an email by an hour, and the reconciler sends it', async ({ world }) => {
    for (const worker of world.workers.splice(0)) await worker.stop();
    world.smtp.script = { onRcptTo: () => ({ code: 450, message: '4.2.0 Later' }) };
    const ahead = await world.startWorker({ RECONCILE_INTERVAL: '1h', ...hourAhead() });
    const id = await world.signUp('put.off@example.com');
    await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'pending' } });
    await expect.poll(() => world.log).toMatch(/3(599|60\d) s ahead of that of Redis/);
    await expect.poll(() => world.log).toMatch(/450 4\.2\.0 Later.*job will be tried again/);
    await ahead.stop();
    world.workers.pop();

    world.smtp.script = {};
    await world.startWorker(often);
    await expect.poll(() => world.smtp.to('put.off@example.com')).toHaveLength(1);
  });
});
