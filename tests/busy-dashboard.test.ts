import { describe, expect } from 'vitest';
import { type Answer, keepSigningUp } from './support/load.ts';
import { test } from './support/queues.ts';

const perSecond = 50;

/** How long sign-ups took, or how much longer than a request to an idle API; the fastest first. None may have failed. */
const timesOf = (answers: Answer[], kind: 'durationMs' | 'waitedMs'): number[] => {
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  return answers.map((answer) => answer[kind]).sort((one, other) => one - other);
};

const ninth = (durations: number[]): number => durations[Math.floor(0.9 * durations.length)] ?? 0;

describe('beside a dashboard with 30,000 waiting jobs', () => {
  test.beforeAll(async ({ world, queues }) => {
    await world.workers.pop()?.stop();
    const jobs = Array.from({ length: 1_000 }, () => ({
      name: 'create-user',
      data: { userId: '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10', requestId: 'x'.repeat(200) },
    }));
    for (let batch = 0; batch < 30; batch += 1) await queues.users.addBulk(jobs);
  }, 120_000);

  test('sign-ups are as fast while somebody asks for a million of them as alone', async ({
    world,
    queues,
  }) => {
    const listing = async () => {
      const path = '/queues?activeQueue=users&status=waiting&jobsPerPage=1000000';
      const response = await world.operate('GET', path);
      expect(response.status).toBe(200);
      expect((await response.text()).length).toBeLessThan(200_000);
    };
    const stopAlone = keepSigningUp(world, { tag: 'alone', perSecond });
    await expect.poll(() => queues.users.getWaitingCount()).toBeGreaterThan(30_000 + 2 * perSecond);
    const alone = timesOf(await stopAlone(), 'durationMs');

    // What else the machine does at that time holds up an idle API as well.
    const { url: idleUrl } = await world.startApi();
    const stopBeside = keepSigningUp(world, { tag: 'beside', perSecond, idleUrl });
    for (let times = 0; times < 10; times += 1) await listing();
    const beside = timesOf(await stopBeside(), 'waitedMs');
    // Without a limit each of them took seconds, and nine of ten sign-ups waited.
    expect(ninth(beside)).toBeLessThan(10 * ninth(alone) + 50);
  });

  test('Empty tells the truth, and sign-ups go on', { timeout: 120_000 }, async ({ world, queues }) => {
    const before = await queues.users.getWaitingCount();
    const stop = keepSigningUp(world, { tag: 'emptied', perSecond });
    const emptied = await world.operate('PUT', '/queues/users/empty');
    expect(emptied.status).toBe(200);
    const answers = await stop();
    timesOf(answers, 'durationMs');
    const left = await queues.users.getWaitingCount();
    expect(left).toBeLessThanOrEqual(answers.length);
    expect(before).toBeGreaterThan(30_000);
  });
});
