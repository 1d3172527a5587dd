import { startTestRedis, type TestRedisServer } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scene } from './support/scene.ts';

let redis: TestRedisServer;
let scene: Scene;

beforeAll(async () => {
  redis = await startTestRedis();
  scene = new Scene(new Redis(redis.url), '{backend-jobs}');
});
afterAll(async () => {
  scene.connection.disconnect();
  await redis.stop();
});

test('a redrive goes on after Redis has refused to write, and loses no job by it', async () => {
  const { emails } = scene.queues;
  const ids = await scene.fail(emails, 300, () => '550 no');
  const { id } = await scene.redrives.plan({ kind: 'failed-jobs', queue: 'emails' });
  await scene.redrives.start(id, { by: 'ada', why: 'a test', perSecond: 200 });
  await scene.runner.advance(id);
  await scene.connection.config('SET', 'maxmemory', '1mb');
  await expect(scene.runner.advance(id)).rejects.toThrow('OOM');
  const { taken = 0 } = (await scene.redrives.find(id)) ?? {};
  expect(taken).toBeLessThan(300);
  expect(await scene.waiting(emails)).toHaveLength(taken);
  expect(await emails.getJobCountByTypes('failed')).toBe(300 - taken);
  await scene.connection.config('SET', 'maxmemory', '0');
  await scene.run(id);
  expect(await scene.redrives.find(id)).toMatchObject({ state: 'finished', taken: 300, skipped: 0 });
  expect((await scene.waiting(emails)).sort()).toEqual(ids.sort());
});
