import { hostname } from 'node:os';
import { readDeliveries } from '@backend-jobs/mail/deliveries';
import { expect } from 'vitest';
import { basic } from './support/login.ts';
import { test } from './support/queues.ts';
import { admin } from './support/world.ts';

const hourMs = 60 * 60 * 1_000;

test('the dashboard lists the workers, and draws how long jobs take and how many end', async ({
  world,
  queues,
  redis,
}) => {
  const read = async (path: string) =>
    (await world.operate('GET', path)).json() as Promise<{ values: Record<string, number> }[]>;
  const ids = await world.signUpMany(6, 'charted');
  await expect
    .poll(async () => (await world.findAll(ids)).map(({ welcomeEmail }) => welcomeEmail?.status))
    .toEqual(Array(6).fill('sent'));
  const [worker] = world.workers;
  const name = `${hostname()}:${worker?.pid}`;
  expect(await read('/queues/emails/workers')).toMatchObject({ workers: [{ name }] });
  const overview = await fetch(`${world.apiUrl}/admin`, { headers: { authorization: basic(admin) } });
  expect(await overview.text()).toContain(`<li>${name}</li>`);
  for (const id of ids)
    await expect.poll(() => world.job('users', id)).toMatchObject({ returnValue: { outcome: 'created' } });
  await worker?.stop(); // it writes down what it has counted

  const since = `from=${Date.now() - 2 * hourMs}&to=${Date.now()}`;
  for (const [queue, metric, count] of [
    ['emails', 'runtime', 6],
    ['emails', 'waittime', 6],
    ['users', 'waittime', 6],
  ]) {
    const points = await read(`/metrics/latency?queue=${queue}&metric=${metric}&granularity=range&${since}`);
    expect(points).toEqual([
      {
        ts: expect.any(Number),
        count,
        values: { 50: expect.any(Number), 95: expect.any(Number), 99: expect.any(Number) },
      },
    ]);
    expect(points[0]?.values[50]).toBeLessThanOrEqual(points[0]?.values[99] ?? 0);
  }
  // The minute that runs is not told yet: as if the last one of each were over, and nothing was counted before it.
  for (const queue of [queues.users, queues.emails])
    await redis
      .multi()
      .del(queue.toKey('metrics:completed:data'))
      .hset(queue.toKey('metrics:completed'), 'prevTS', Date.now())
      .rpush(queue.toKey('metrics:completed:data'), 6)
      .exec();
  expect(await read('/queues/emails/metrics')).toMatchObject({
    completed: { meta: { count: 6 }, data: [6] },
  });
  const history = await read(`/metrics/history?granularity=day&${since}`);
  expect(history).toEqual({ completed: [{ ts: expect.any(Number), value: 12 }], failed: [] });
  const ofOne = await read(`/metrics/history?granularity=hour&queue=users&${since}`);
  expect(ofOne).toMatchObject({ completed: [{ value: 6 }] });

  expect(await readDeliveries(redis, world.env.KEY_PREFIX as string, Date.now() - hourMs)).toEqual([
    { domain: 'example.com', taken: 6, deferred: 0, refused: 0, uncertain: 0 },
  ]);
});
