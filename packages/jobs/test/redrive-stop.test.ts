import { expect } from 'vitest';
import { test } from './support/scene.ts';

test('a redrive that is stopped in the middle of a second takes not one job more', async ({ scene }) => {
  const { emails } = scene.queues;
  await scene.fail(emails, 1_000, () => '550 no');
  const { id } = await scene.redrives.plan({ kind: 'failed-jobs', queue: 'emails' });
  await scene.redrives.start(id, { by: 'ada', why: 'a test', perSecond: 1_000 });
  // A hundred retries are on their way to Redis when the stop arrives, between two of them.
  const send = scene.connection.sendCommand.bind(scene.connection);
  let retries = 0;
  let stopped: Promise<boolean> | undefined;
  scene.connection.sendCommand = (command, ...rest) => {
    const isRetry = command.name.startsWith('eval') && command.args.includes('failedReason');
    if (isRetry) retries += 1;
    if (isRetry && retries === 250) stopped = scene.redrives.stop(id, 'grace');
    return send(command, ...rest);
  };
  await scene.run(id);
  expect(await stopped).toBe(true);
  const redrive = await scene.redrives.find(id);
  expect(redrive).toMatchObject({ state: 'stopped', stoppedBy: 'grace', skipped: 0 });
  expect(redrive?.taken).toBeGreaterThan(0);
  expect(redrive?.taken).toBeLessThan(250);
  expect(await scene.waiting(emails)).toHaveLength(redrive?.taken ?? 0);
});
