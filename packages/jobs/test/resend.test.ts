import { describe, expect } from 'vitest';
import type { RedriveSelection } from '../src/index.ts';
import { type Scene, test } from './support/scene.ts';

const selection: RedriveSelection = { kind: 'unsent-emails', statuses: ['failed', 'unknown'] };

const start = async (scene: Scene, selected: RedriveSelection = selection) => {
  const { id } = await scene.redrives.plan(selected);
  await scene.redrives.start(id, { by: 'ada', why: 'the relay lost them', perSecond: 1_000 });
  return id;
};
const run = { maxCopies: 3, job: 1, start: 1, lost: 0 };

describe('a resend', () => {
  test('retries the job that failed, adds one where it is gone, and changes nothing before that', async ({
    scene,
  }) => {
    const withJob = await scene.createUnwelcomed({ hasJob: true });
    const without = await scene.createUnwelcomed({ hasJob: false });
    await scene.redrives.plan(selection); // the first one indexes what ended before
    const before = await scene.digest();
    const planned = await scene.redrives.plan(selection);
    expect(planned).toMatchObject({
      named: 2,
      examples: expect.arrayContaining([{ id: without, failedAtMs: expect.any(Number), reason: '550 no' }]),
    });
    expect(await scene.digest()).toEqual(before);
    await scene.redrives.start(planned.id, { by: 'ada', why: 'x', perSecond: 10 });
    await scene.run(planned.id);
    expect((await scene.waiting(scene.queues.emails)).sort()).toEqual(
      [`welcome-${withJob}`, `welcome-${without}`].sort(),
    );
    expect(await scene.redrives.find(planned.id)).toMatchObject({ state: 'finished', taken: 2, skipped: 0 });
    const job = await scene.queues.emails.getJob(`welcome-${without}`);
    expect(job?.data).toEqual({ userId: without, requestId: `redrive-${planned.id}` });
    expect(job?.opts).toMatchObject({ attempts: 1_000, ignoreDependencyOnFailure: true });
  });

  test('takes only those of a status, of a reason and of a span of time', async ({ scene }) => {
    const failed = await scene.createUnwelcomed({ hasJob: false, error: '550 q1abc: no' });
    const other = await scene.createUnwelcomed({ hasJob: false, error: 'expired' });
    const unknown = await scene.createUnwelcomed({ hasJob: false });
    await scene.stores.welcomeEmails.claim(unknown, 'token', run);
    await scene.stores.welcomeEmails.giveUp(unknown, '550 q2abc: no');
    const endedMs = (await scene.stores.welcomeEmails.unsentSince(unknown)) as number;
    const named = async (more: Partial<RedriveSelection>) => {
      const plan = await scene.redrives.plan({ ...selection, ...more } as RedriveSelection);
      return plan.examples.map(({ id }) => id).sort();
    };
    expect(await named({ statuses: ['unknown'] })).toEqual([unknown]);
    expect(await named({ reason: '550 …: no' })).toEqual([failed, unknown].sort());
    expect(await named({ fromMs: endedMs + 1 })).toEqual([]);
    expect(await named({})).toEqual([failed, other, unknown].sort());
  });

  test('leaves alone what an operator removed, somebody retried, or ended anew since it was named', async ({
    scene,
  }) => {
    const { emails } = scene.queues;
    const { welcomeEmails } = scene.stores;
    const [removed, withdrawn, claimed, retried, deleted, left] = (await Promise.all(
      [true, true, false, true, false, false].map((hasJob) => scene.createUnwelcomed({ hasJob })),
    )) as [string, string, string, string, string, string];
    await welcomeEmails.withdraw(removed, 'removed');
    const { id, named } = await scene.redrives.plan(selection);
    expect(named).toBe(5);
    await scene.redrives.start(id, { by: 'ada', why: 'x', perSecond: 100 });
    await welcomeEmails.withdraw(withdrawn, 'removed');
    await emails.remove(`welcome-${withdrawn}`);
    await welcomeEmails.claim(claimed, 'token', run);
    await (await emails.getJob(`welcome-${retried}`))?.retry();
    await scene.stores.signUpStore.delete(deleted);
    await scene.run(id);
    expect(await scene.redrives.find(id)).toMatchObject({ taken: 1, skipped: 4 });
    expect((await scene.waiting(emails)).sort()).toEqual([`welcome-${retried}`, `welcome-${left}`].sort());
  });

  test('adds a job once when its worker dies right after adding it, or two resends run at once', async ({
    scene,
  }) => {
    const users = await Promise.all(
      Array.from({ length: 20 }, () => scene.createUnwelcomed({ hasJob: false })),
    );
    const [one, other] = [await start(scene), await start(scene)];
    // As a worker leaves it that has added a job, and has not counted it.
    const [first] = await scene.connection.lrange(`${scene.prefix}:redrive:${one}:named`, 0, 0);
    const userId = first?.split(' ')[2] as string;
    await scene.queues.emails.add(
      'send-welcome-email',
      { userId, requestId: `redrive-${one}` },
      { jobId: `welcome-${userId}` },
    );
    await Promise.all([scene.run(one), scene.run(one), scene.run(other)]);
    const waiting = await scene.waiting(scene.queues.emails);
    expect(waiting.sort()).toEqual(users.map((id) => `welcome-${id}`).sort());
    const counts = await Promise.all([one, other].map((id) => scene.redrives.find(id)));
    expect(counts.map((redrive) => (redrive?.taken ?? 0) + (redrive?.skipped ?? 0))).toEqual([20, 20]);
    expect((counts[0]?.taken ?? 0) + (counts[1]?.taken ?? 0)).toBe(20);
  });
});
