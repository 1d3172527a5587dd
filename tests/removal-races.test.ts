import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { test } from './support/queues.ts';
import { untilReconciled } from './support/reconciled.ts';

/** An operator who removes the jobs of a sign-up again and again, at whatever stage they are. */
const removeOften = async (remove: (path: string) => Promise<number>, id: string): Promise<Set<number>> => {
  const statuses = new Set<number>();
  for (let times = 0; times < 4; times += 1) {
    await sleep(Math.random() * 60);
    const path = Math.random() < 0.5 ? `users/${id}` : `emails/welcome-${id}`;
    statuses.add(await remove(path));
  }
  return statuses;
};

test('whatever is removed while workers are at it, each sign-up has one outcome, and it is the truth', {
  timeout: 120_000,
}, async ({ world, queues }) => {
  await world.workers.pop()?.stop();
  for (let count = 0; count < 2; count += 1) await world.startWorker({ RECONCILE_INTERVAL: '300ms' });
  const remove = async (path: string) => (await world.operate('PUT', `/queues/${path}/clean`)).status;
  const emails = Array.from({ length: 200 }, (_, index) => `race.${index}@example.com`);
  const statuses = new Set<number>();
  const signUps = emails.map(async (email, index) => {
    await sleep(index * 5);
    const id = await world.signUp(email);
    if (index % 3 > 0) for (const status of await removeOften(remove, id)) statuses.add(status);
    if (index % 50 === 0) statuses.add((await world.operate('PUT', '/queues/users/empty')).status);
    return { id, email };
  });
  const accepted = await Promise.all(signUps);
  const outcomeOf = async ({ id, email }: (typeof accepted)[number]) => {
    const { status, welcomeEmail } = await world.find(id);
    return { kind: `${status} ${welcomeEmail?.status ?? ''}`.trim(), mails: world.smtp.to(email).length };
  };
  const outcomes = async () => Promise.all(accepted.map(outcomeOf));
  const isOver = ({ kind }: { kind: string }) => ['removed', 'created sent', 'created failed'].includes(kind);
  await expect
    .poll(async () => (await outcomes()).filter((each) => !isOver(each)), { timeout: 60_000 })
    .toEqual([]);
  // What was removed must not come back.
  await untilReconciled(queues.maintenance, 2);
  for (const { kind, mails } of await outcomes()) expect(mails, kind).toBe(kind === 'created sent' ? 1 : 0);
  expect([...statuses].filter((status) => ![200, 204, 404, 409].includes(status))).toEqual([]);
  await expect.poll(() => queues.users.getJobCountByTypes('waiting', 'active', 'waiting-children')).toBe(0);
});
