import { expect, onTestFinished } from 'vitest';
import { groupFailures, mergeFailureGroups, type RedriveSelection, spreadRedrives } from '../src/index.ts';
import { Scene, test } from './support/scene.ts';

const selection: RedriveSelection = { kind: 'failed-jobs', queue: 'emails' };
const order = { by: 'ada', why: 'the relay is back', perSecond: 20 };

/** Three shards, with so many failures in each. */
const openShards = async ({ connection, prefix }: Scene, failures: readonly number[]): Promise<Scene[]> => {
  const shards = failures.map((_, place) => new Scene(connection, `${prefix}:${place}`));
  onTestFinished(async () => {
    await Promise.all(shards.map(({ queues }) => queues.close()));
  });
  for (const [place, shard] of shards.entries())
    await shard.fail(
      shard.queues.emails,
      failures[place] ?? 0,
      (index) => `${index % 2 ? 'expired' : '550 no'}`,
    );
  return shards;
};

test('a redrive over shards names and takes the failures of all, at the rate that was asked for', async ({
  scene,
}) => {
  const shards = await openShards(scene, [30, 10, 0]);
  const redrives = spreadRedrives(shards.map((shard) => shard.redrives));
  const { id, ...planned } = await redrives.plan(selection);
  expect(planned).toMatchObject({ state: 'planned', named: 40, taken: 0, hasMore: false });
  expect(planned.examples).toHaveLength(5);
  expect(await redrives.start(id, order)).toBe(true);
  expect(await redrives.start(id, order)).toBe(false);
  const shares = await Promise.all(shards.map((shard) => shard.redrives.find(id)));
  expect(shares.map((part) => part?.order?.perSecond)).toEqual([15, 5, undefined]);
  expect(await redrives.find(id)).toMatchObject({ state: 'running', named: 40, order });
  await Promise.all(shards.slice(0, 2).map((shard) => shard.run(id)));
  expect(await redrives.find(id)).toMatchObject({ state: 'finished', taken: 40, skipped: 0 });
  expect(await redrives.list()).toHaveLength(1);
  const waiting = await Promise.all(shards.map((shard) => shard.waiting(shard.queues.emails)));
  expect(waiting.map(({ length }) => length)).toEqual([30, 10, 0]);
});

test('a redrive over shards that takes less than one a second in each waits for longer between two', async ({
  scene,
}) => {
  const shards = await openShards(scene, [3, 1]);
  const redrives = spreadRedrives(shards.map((shard) => shard.redrives));
  const { id } = await redrives.plan(selection);
  await redrives.start(id, { ...order, perSecond: 1 });
  const startedAtMs = performance.now();
  const [slower] = await Promise.all(shards.map((shard) => shard.runner.advance(id)));
  const tookMs = performance.now() - startedAtMs;
  // Three of four in a second, counted from when this run began.
  expect((slower as { dueInMs: number }).dueInMs + tookMs).toBeGreaterThan(1_333);
  expect(await redrives.find(id)).toMatchObject({ state: 'running', taken: 2 });
  expect(await redrives.stop(id, 'ada')).toBe(true);
  expect(await redrives.find(id)).toMatchObject({ state: 'stopped', stoppedBy: 'ada', taken: 2 });
});

test('failures of one reason are one group, whatever shards they are in', async ({ scene }) => {
  const shards = await openShards(scene, [4, 2, 1]);
  const found = await Promise.all(shards.map(({ connection, queues }) => groupFailures(connection, queues)));
  const { groups, others } = mergeFailureGroups(found);
  expect(groups.map(({ queue, reason, count }) => [queue, reason, count])).toEqual([
    ['emails', '550 no', 4],
    ['emails', 'expired', 3],
  ]);
  expect(groups[0]).toMatchObject({ oldestMs: 1_700_000_000_000, newestMs: 1_700_000_000_002 });
  expect(others).toBe(0);
});
