import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { followEvents } from '../apps/api/test/support/follow-events.ts';
import { test, type World } from './support/world.ts';

/** How many clients follow. By hand: `STREAMS=1000`. */
const count = Number(process.env.STREAMS ?? 200);

/** Nothing is settled until `startWorker` is called. */
const signUpWithoutWorker = async (world: World, how: number, tag: string): Promise<string[]> => {
  await Promise.all(world.workers.map((worker) => worker.stop()));
  return world.signUpMany(how, tag);
};

/** Follows as a browser does: it comes again whenever the stream ends, to whichever of `urls` answers, until it gets 204. */
const followToEnd = async (id: string, urls: string[]): Promise<string[]> => {
  const received: string[] = [];
  let lastId = '';
  for (let turn = 0; ; turn += 1) {
    const url = `${urls[turn % urls.length]}/users/${id}/events`;
    const headers = lastId ? { 'last-event-id': lastId } : undefined;
    const following = await followEvents(url, headers).catch(() => undefined);
    if (following?.response.status === 204) return received;
    await following?.ended.catch(() => {}); // its process was killed
    received.push(...(following?.events ?? []).map(({ event }) => event));
    lastId = following?.events.at(-1)?.id ?? lastId;
  }
};

test('many clients of two APIs see the end once each, though one API is killed and Redis drops its listeners', {
  timeout: 120_000,
}, async ({ world }) => {
  const other = await world.startApi();
  const ids = await signUpWithoutWorker(world, count, 'followed');
  const urls = [world.apiUrl, other.url];
  const ends = ids.map((id, index) => followToEnd(id, index % 2 ? urls : urls.toReversed()));
  const redis = new Redis(world.redisUrl);
  const listeners = async () => Number((await redis.info('clients')).match(/pubsub_clients:(\d+)/)?.[1] ?? 2);
  await expect.poll(listeners).toBe(2);

  let settled = 0;
  for (const end of ends) void end.then(() => (settled += 1));
  await world.startWorker();
  await expect.poll(() => settled, { timeout: 60_000 }).toBeGreaterThan(count / 10);
  process.kill(other.pid, 'SIGKILL');
  await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  redis.disconnect();
  for (const received of await Promise.all(ends))
    expect(received.filter((event) => event === 'settled')).toHaveLength(1);
});

test('an API with 100 streams stops as soon as one without', async ({ world }) => {
  const [busy, idle] = [await world.startApi(), await world.startApi()];
  const ids = await signUpWithoutWorker(world, 100, 'stopped');
  const followings = await Promise.all(ids.map((id) => followEvents(`${busy.url}/users/${id}/events`)));
  const stop = async ({ pid, exited }: typeof busy) => {
    const startedAtMs = performance.now();
    process.kill(pid, 'SIGTERM');
    expect(await exited).toBe(0);
    return performance.now() - startedAtMs;
  };
  // At the same time, since what else the machine does would hold up one of them alone.
  const [idleMs, busyMs] = await Promise.all([stop(idle), stop(busy)]);
  expect(busyMs - idleMs).toBeLessThan(1_000);
  for (const { events, ended } of followings) {
    await ended; // whole, and not by a broken connection
    expect(events.map(({ event }) => event)).toEqual(['status']);
  }
});
