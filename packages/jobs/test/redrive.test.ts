import { describe, expect } from 'vitest';
import { groupFailures, type RedriveSelection } from '../src/index.ts';
import { type Scene, test } from './support/scene.ts';

const order = { by: 'ada', why: 'the relay is back', perSecond: 1_000 };
const reasons = [
  (index: number) => `550 5.1.1 q${index}ab9cd: no such user`,
  (index: number) => `451 4.7.1 try later, mx${index}.example.com is busy`,
  () => 'expired',
];
const byReason = (index: number) => reasons[index % 3]?.(index) ?? '';
const noSuchUser = '550 5.1.1 …: no such user';
const selection: RedriveSelection = { kind: 'failed-jobs', queue: 'emails', reason: noSuchUser };

const start = async (scene: Scene, selected: RedriveSelection = selection) => {
  const { id } = await scene.redrives.plan(selected);
  expect(await scene.redrives.start(id, order)).toBe(true);
  return id;
};

describe('10,000 failures of three reasons', () => {
  test('are three groups, the dry run changes nothing, and the redrive takes what it named', {
    timeout: 180_000,
  }, async ({ scene }) => {
    const { emails } = scene.queues;
    const ids = await scene.fail(emails, 10_000, byReason);
    const { groups, others } = await groupFailures(scene.connection, scene.queues);
    expect(groups.map(({ count, reason }) => [count, reason])).toEqual([
      [3_334, noSuchUser],
      [3_333, '451 4.7.1 try later, … is busy'],
      [3_333, 'expired'],
    ]);
    expect(groups[0]).toMatchObject({
      queue: 'emails',
      oldestMs: 1_700_000_000_000,
      newestMs: 1_700_000_009_999,
    });
    expect(others).toBe(0);

    const before = await scene.digest();
    const planned = await scene.redrives.plan(selection);
    expect(planned).toMatchObject({ state: 'planned', named: 3_334, taken: 0, hasMore: false });
    expect(planned.examples).toHaveLength(5);
    expect(planned.examples[1]).toEqual({ id: ids[3], failedAtMs: 1_700_000_000_003, reason: byReason(3) });
    expect(await scene.digest()).toEqual(before);

    const named = ids.filter((_, index) => index % 3 === 0);
    const [retried, removed, anew] = [named[5], named[1_000], named[3_333]] as [string, string, string];
    await (await emails.getJob(retried))?.retry();
    await emails.remove(removed);
    await scene.failAgain(emails, anew, 1_800_000_000_000);
    const [late] = await scene.fail(emails, 1, () => byReason(0));
    await scene.redrives.start(planned.id, order);
    await scene.run(planned.id);
    expect(await scene.redrives.find(planned.id)).toMatchObject({
      state: 'finished',
      taken: 3_331,
      skipped: 3,
      order,
    });
    const expected = named.filter((id) => ![removed, anew].includes(id));
    expect((await scene.waiting(emails)).sort()).toEqual(expected.sort());
    expect(await emails.getJobCountByTypes('failed')).toBe(6_666 + 2);
    expect(await (await emails.getJob(late as string))?.isFailed()).toBe(true);
  });
});

describe('a redrive', () => {
  test('takes only what failed in its span of time', async ({ scene }) => {
    const ids = await scene.fail(scene.queues.users, 10, () => 'no');
    const from = 1_700_000_000_003;
    await scene.run(
      await start(scene, { kind: 'failed-jobs', queue: 'users', fromMs: from, toMs: from + 2 }),
    );
    expect((await scene.waiting(scene.queues.users)).sort()).toEqual(ids.slice(3, 6).sort());
  });

  test('leaves a job as a retry of BullMQ does that gives back the attempts', async ({ scene }) => {
    const { emails } = scene.queues;
    const [ours, theirs] = (await scene.fail(
      emails,
      2,
      () => '550 5.1.1 qab19xx: no such user',
      () => 5,
    )) as [string, string];
    await (await emails.getJob(theirs))?.retry('failed', { resetAttemptsMade: true });
    await scene.run(await start(scene));
    const [mine, other] = await Promise.all(
      [ours, theirs].map((id) => scene.connection.hgetall(emails.toKey(id))),
    );
    expect(mine).toEqual({ ...other, data: mine?.data, opts: mine?.opts });
    expect(await scene.waiting(emails)).toEqual([ours, theirs]);
    const events = await scene.connection.xrange(emails.toKey('events'), '-', '+');
    expect(events.map(([, fields]) => fields.filter((field) => field !== ours && field !== theirs))).toEqual(
      Array(2).fill(['event', 'waiting', 'jobId', 'prev', 'failed']),
    );
  });

  test('takes a job once that fails again meanwhile, whoever runs it', async ({ scene }) => {
    const { emails } = scene.queues;
    const ids = await scene.fail(emails, 2_000, () => byReason(0));
    const id = await start(scene);
    const taken = async () => (await scene.redrives.find(id))?.taken ?? 0;
    while ((await taken()) < 500) await scene.runner.advance(id);
    for (const each of ids.slice(0, 500)) await scene.failAgain(emails, each, 1_800_000_000_000);
    await Promise.all([scene.run(id), scene.run(id), scene.run(id)]);
    expect(await scene.redrives.find(id)).toMatchObject({ state: 'finished', taken: 2_000, skipped: 0 });
    const waiting = await scene.waiting(emails);
    expect(waiting).toHaveLength(1_500);
    expect(new Set(waiting)).toEqual(new Set(ids.slice(500)));
  });

  test('does no harm beside another one over the same jobs', async ({ scene }) => {
    const ids = await scene.fail(scene.queues.emails, 1_500, () => byReason(0));
    const both = [await start(scene), await start(scene)];
    await Promise.all(both.map((id) => scene.run(id)));
    const [one, other] = await Promise.all(both.map((id) => scene.redrives.find(id)));
    expect((one?.taken ?? 0) + (other?.taken ?? 0)).toBe(1_500);
    expect((one?.skipped ?? 0) + (other?.skipped ?? 0)).toBe(1_500);
    const waiting = await scene.waiting(scene.queues.emails);
    expect(waiting).toHaveLength(1_500);
    expect(new Set(waiting)).toEqual(new Set(ids));
  });

  test('takes what is due in a second at a time, and nothing after it was stopped', async ({ scene }) => {
    await scene.fail(scene.queues.emails, 30, () => byReason(0));
    const { id } = await scene.redrives.plan(selection);
    await scene.redrives.start(id, { ...order, perSecond: 7 });
    expect(await scene.runner.advance(id)).toMatchObject({ dueInMs: expect.any(Number) });
    expect(await scene.redrives.find(id)).toMatchObject({ state: 'running', taken: 7 });
    expect(await scene.redrives.stop(id, 'grace')).toBe(true);
    expect(await scene.runner.advance(id)).toMatchObject({ ended: { state: 'stopped', stoppedBy: 'grace' } });
    expect(await scene.waiting(scene.queues.emails)).toHaveLength(7);
    expect(await scene.redrives.stop(id, 'grace')).toBe(false);
    expect(await scene.redrives.start(id, order)).toBe(false);
  });

  test('leaves behind nothing without an end, and of dry runs the last ten', async ({ scene }) => {
    await scene.fail(scene.queues.emails, 3, () => byReason(0));
    await scene.run(await start(scene));
    const plans: string[] = [];
    for (let count = 0; count < 12; count += 1) {
      const { id, plannedMs } = await scene.redrives.plan(selection);
      plans.push(id);
      await expect.poll(Date.now).toBeGreaterThan(plannedMs);
    }
    const listed = (await scene.redrives.list()).map(({ id }) => id);
    expect(listed).toHaveLength(11);
    expect(listed.slice(0, 10)).toEqual(plans.slice(2).reverse());
    const keys = await scene.connection.keys(`${scene.prefix.replace('{', '\\{')}:redrive:*`);
    for (const key of keys) expect(await scene.connection.ttl(key)).toBeGreaterThan(0);
    expect(keys).toHaveLength(11);
  });

  test('has a job again when its own was removed, or has failed for good', async ({ scene }) => {
    const { maintenance } = scene.queues;
    const id = await start(scene);
    await maintenance.remove(`redrive-${id}`);
    await scene.runner.resume();
    expect(await scene.waiting(maintenance)).toEqual([`redrive-${id}`]);
    await scene.failAgain(maintenance, `redrive-${id}`, 5);
    await scene.runner.resume();
    await scene.runner.resume();
    expect(await scene.waiting(maintenance)).toEqual([`redrive-${id}`]);
    await scene.run(id);
    await maintenance.remove(`redrive-${id}`);
    await scene.runner.resume();
    expect(await scene.waiting(maintenance)).toEqual([]);
  });
});
