import { expect, vi } from 'vitest';
import { test } from './support/scene.ts';

test('dry runs that are asked for at once are made one after the other', async ({ scene }) => {
  await scene.fail(scene.queues.emails, 500, () => 'expired');
  const appended = vi.spyOn(scene.connection, 'rpush');
  const plans = await Promise.all(
    [1, 2, 3].map(() => scene.redrives.plan({ kind: 'failed-jobs', queue: 'emails' })),
  );
  expect(plans.map(({ named }) => named)).toEqual([500, 500, 500]);
  // Each list is complete before the next one begins.
  const keys = appended.mock.calls.map(([key]) => String(key));
  const changes = keys.filter((key, index) => key !== keys[index - 1]);
  expect(keys.length).toBeGreaterThan(changes.length);
  expect(changes).toHaveLength(3);
});
