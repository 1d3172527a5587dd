import { randomUUIDv7 } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RedisServer, runAudit } from '@backend-jobs/local-services';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { accepted, countWelcomed, keepSigningUp } from './support/load.ts';
import { test } from './support/own-postgres.ts';

const patience = { timeout: 25_000, interval: 200 };

const flush = async (redis: RedisServer): Promise<void> => {
  const connection = new Redis(redis.url);
  await connection.flushall();
  connection.disconnect();
};

const loseVolume = async (redis: RedisServer): Promise<void> => {
  await redis.kill();
  await rm(join(redis.dataDir, 'appendonlydir'), { recursive: true });
  await redis.restart();
};

test.for([
  { loss: 'is emptied three times', lose: flush, times: 3 },
  { loss: 'is killed, and its volume deleted,', lose: loseVolume, times: 1 },
])(
  'a Redis that $loss with 500 waiting, and under load, loses no sign-up that was accepted',
  { timeout: 150_000 },
  async ({ lose, times }, { world, redis, sql }) => {
    await world.operate('PUT', '/queues/users/pause');
    const backlog = await world.signUpMany(500, `backlog.${times}`);
    const stop = keepSigningUp(world, { tag: `load.${times}`, perSecond: 50 });
    // The pause goes, too.
    for (let count = 0; count < times; count += 1) {
      await expect.poll(() => countWelcomed(world, backlog), patience).toBeGreaterThanOrEqual(50 * count);
      await lose(redis);
    }
    const answers = await stop();
    const ids = [...backlog, ...accepted(answers)];
    expect(answers.filter(({ status }) => status !== 202 && status !== 503)).toEqual([]);
    await expect.poll(() => countWelcomed(world, ids), { ...patience, timeout: 60_000 }).toBe(ids.length);
    expect(await runAudit(world.env)).toMatchObject({
      code: 0,
      output: expect.stringContaining('0 that hang or are lost'),
    });
    // A copy may be out where Redis forgot that the job was under way, and is counted then.
    const [counted] = await sql('SELECT sum(1 + welcome_copies)::int AS most FROM sign_ups');
    expect(world.smtp.messages.length).toBeLessThanOrEqual(Number(counted?.most));
  },
);

test('a sign-up whose job is gone gets one again, and one whose job failed unrecorded has failed', async ({
  world,
  connection,
  sql,
}) => {
  await world.operate('PUT', '/queues/users/pause');
  const lost = await world.signUp('no.job@example.com');
  const failed = await world.signUp('failed.job@example.com');
  const job = (id: string) => `{backend-jobs}:users:${id}`;
  await connection.del(job(lost));
  await connection.hset(job(failed), { failedReason: 'its worker died', finishedOn: Date.now() });
  for (const list of ['wait', 'paused']) await connection.lrem(`{backend-jobs}:users:${list}`, 0, failed);
  await world.operate('PUT', '/queues/users/resume');
  await expect.poll(() => world.find(lost), patience).toMatchObject({ welcomeEmail: { status: 'sent' } });
  await expect
    .poll(() => sql(`SELECT outcome FROM sign_ups WHERE id = '${failed}'`), patience)
    .toEqual([{ outcome: 'failed' }]);
});

test('an email whose job is lost while it is sent goes out again, even if that job came from a clock ahead', {
  timeout: 120_000,
}, async ({ world, connection, sql, onTestFinished }) => {
  onTestFinished(() => {
    world.smtp.script = {};
  });
  world.smtp.script = { onData: () => 60_000 };
  const id = await world.signUp('clock.ahead@example.com');
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sending' } });
  await Promise.all(world.workers.splice(0).map(({ pid }) => process.kill(pid, 'SIGKILL')));
  await sql(`UPDATE sign_ups SET welcome_job = welcome_job + 3600000 WHERE id = '${id}'`);
  await connection.flushall();
  world.smtp.script = {};
  await world.startWorker();
  await expect.poll(() => world.find(id), patience).toMatchObject({ welcomeEmail: { status: 'sent' } });
  expect(await sql(`SELECT welcome_copies FROM sign_ups WHERE id = '${id}'`)).toEqual([
    { welcome_copies: 1 },
  ]);
});

test('in a long backlog the one whose job is lost gets it again, and no job of the others is read', async ({
  world,
  connection,
  sql,
}) => {
  const backlog = 5_000;
  const users = new Queue('users', { connection, prefix: '{backend-jobs}' });
  await world.operate('PUT', '/queues/users/pause');
  const [lost = '', ...others] = Array.from({ length: backlog }, () => randomUUIDv7());
  await users.addBulk(
    others.map((id) => ({
      name: 'create-user',
      data: { userId: id, requestId: 'backlog' },
      opts: { jobId: id },
    })),
  );
  await connection.config('RESETSTAT');
  await sql(`INSERT INTO sign_ups (id, outcome, decided_at)
    SELECT id, 'queued', now() - interval '1 hour' FROM unnest('{${[lost, ...others]}}'::uuid[]) AS id`);
  await expect.poll(() => users.getJobState(lost), patience).toBe('waiting');
  const [, reads = 0] = /cmdstat_hgetall:calls=(\d+)/.exec(await connection.info('commandstats')) ?? [];
  expect(Number(reads)).toBeLessThan(backlog / 10);
  await sql("DELETE FROM sign_ups WHERE outcome = 'queued'");
  await users.drain();
  await world.operate('PUT', '/queues/users/resume');
});

test('a sign-up that failed, and whose job is lost, can be queued anew by hand', async ({
  world,
  connection,
  sql,
}) => {
  await world.operate('PUT', '/queues/users/pause');
  const id = await world.signUp('second.chance@example.com');
  await sql(`UPDATE sign_ups SET outcome = 'failed' WHERE id = '${id}'`);
  await connection.flushall();
  expect(await world.find(id)).toMatchObject({ status: 'failed' });
  await sql(`UPDATE sign_ups SET outcome = 'queued' WHERE id = '${id}' AND outcome = 'failed'`);
  await expect.poll(() => world.find(id), patience).toMatchObject({ welcomeEmail: { status: 'sent' } });
});

test('without Redis a sign-up is accepted where no limit needs it, and made when Redis is back', async ({
  world,
  redis,
}) => {
  await redis.kill();
  const id = await world.signUp('no.redis@example.com');
  expect(await world.find(id)).toMatchObject({ status: 'queued' });
  await redis.restart();
  await expect.poll(() => world.find(id), patience).toMatchObject({ welcomeEmail: { status: 'sent' } });
});
