import { runAudit, startPostgres, startTestRedis } from '@backend-jobs/local-services';
import { Shards, shardKeyPrefixes } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { beforeEach, expect, test } from 'vitest';
import { countWelcomed } from './support/load.ts';
import { migrate, orSkip, programs } from './support/own-postgres.ts';
import { openPatientDatabase } from './support/test-store.ts';
import { openWorld } from './support/world.ts';

beforeEach(orSkip);

const patience = { timeout: 60_000, interval: 200 };
const shards = new Shards(shardKeyPrefixes('{backend-jobs}', 16));

test('with PostgreSQL shards are queues: what Redis loses is added again, each sign-up in its shard', {
  timeout: 180_000,
}, async ({ onTestFinished }) => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const postgres = await startPostgres({ programs: programs.get() });
  opened.defer(() => postgres.stop());
  await migrate(postgres.url);
  const redis = await startTestRedis();
  opened.defer(() => redis.stop());
  const world = await openWorld(opened, redis, {
    ...{ DATABASE_URL: postgres.url, SHARDS: '16', HASH_SECRET: 'for-tests' },
    ...{ RECONCILE_INTERVAL: '1s', RATE_LIMIT_PER_MAILBOX: 'off' },
  });
  const connection = new Redis(redis.url);
  opened.defer(() => connection.disconnect());

  const first = await world.signUpMany(60, 'first');
  await expect.poll(() => countWelcomed(world, first), patience).toBe(60);
  const [worker] = world.workers;
  await worker?.stop();
  const second = await world.signUpMany(60, 'second');
  const jobOf = (id: string) => connection.exists(`${shards.of(id)}:users:${id}`);
  expect(await Promise.all(second.map(jobOf))).toEqual(second.map(() => 1));
  await connection.flushall();
  await world.startWorker();
  await expect.poll(() => countWelcomed(world, second), patience).toBe(60);
  expect(await Promise.all(second.map(jobOf))).toEqual(second.map(() => 1));
  expect((await runAudit(world.env)).output).toContain('0 that hang or are lost');

  const database = openPatientDatabase(postgres.url);
  opened.defer(() => database.close());
  const [counted] = await database.query({ text: 'SELECT count(*)::int AS users FROM users' });
  expect(counted).toEqual({ users: 120 });
});
