import { runAudit, startPostgres, startTestRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { apiKeysEnv, withKey } from './support/api-key.ts';
import { accepted, keepSigningUp } from './support/load.ts';
import { moveUsers, seedSignUps } from './support/move-users.ts';
import { migrate, orSkip, programs } from './support/own-postgres.ts';
import { openPatientDatabase } from './support/test-store.ts';
import { openWorld } from './support/world.ts';

/** `MOVE_USERS=100000` takes a quarter of an hour. */
const users = Number(process.env.MOVE_USERS ?? 2_000);
const sampled = 2_000;
const patience = { timeout: 600_000, interval: 250 };

test.beforeEach(orSkip);

/** PostgreSQL takes no NUL, which the reply of a mail server can have. */
const storable = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value).replaceAll('\\u0000', ''));

test(`${users} users move under load, with the move killed in each of its steps: none differs, every 202 ends, nobody is mailed twice`, async ({
  onTestFinished,
}) => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const postgres = opened.adopt(await startPostgres({ programs: programs.get() }), (server) => server.stop());
  await migrate(postgres.url);
  const redis = opened.adopt(await startTestRedis(), (server) => server.stop());
  const connection = opened.adopt(new Redis(redis.url), (one) => one.disconnect());
  const world = await openWorld(opened, redis, {
    ...apiKeysEnv,
    RECONCILE_INTERVAL: '1s',
    RATE_LIMIT_PER_MAILBOX: '5/1d',
  });
  const env = { ...world.env, DATABASE_URL: postgres.url };
  const move = (args: string[] = [], killAt?: string) =>
    moveUsers(
      env,
      args,
      killAt === undefined ? {} : { killAt, afterRequests: killAt === 'Copying' ? 10 : 1 },
    );
  const remove = async (id: string) =>
    (await fetch(`${world.apiUrl}/users/${id}`, { method: 'DELETE', headers: withKey })).status;
  const seeded = await seedSignUps(connection, env, users);
  const people = seeded.filter(({ fate }) => fate === 'sent');
  const stop = keepSigningUp(world, { tag: 'load', perSecond: users > 10_000 ? 10 : 40 });
  const retried = { 'idempotency-key': 'one-sign-up' };
  const keyed = await (await world.post({ name: 'Ada', email: 'keyed@example.com' }, retried)).json();

  // While the service runs. A worker that runs is in the way of the last step.
  expect((await move([], 'Copying')).code).toBe('SIGKILL');
  const early = await move(['--finish']);
  expect([early.code, early.output]).toEqual([1, expect.stringContaining('Workers are running')]);
  const startedAt = performance.now();
  const copy = await move();
  const copySeconds = (performance.now() - startedAt) / 1_000;
  expect(copy.code, copy.output).toBe(0);

  // An address goes to somebody else after it was copied, and others are gone.
  const [heir, ...leaving] = people.slice(0, 20).map(({ id, email }) => ({ id, email }));
  expect(await remove(heir?.id ?? '')).toBe(204);
  const newOwner = await world.signUp(heir?.email ?? '');
  await expect.poll(() => world.find(newOwner), patience).toMatchObject({ welcomeEmail: { status: 'sent' } });
  expect(await Promise.all(leaving.map(({ id }) => remove(id)))).toEqual(leaving.map(() => 204));

  // Some have been created, and are still to be welcomed; some wait.
  await world.operate('PUT', '/queues/emails/pause');
  const created = await world.signUpMany(40, 'to-welcome');
  await expect
    .poll(async () => (await world.findAll(created)).every(({ status }) => status === 'created'), patience)
    .toBe(true);
  await Promise.all(world.workers.map((worker) => worker.stop()));
  const waiting = await world.signUpMany(40, 'waiting');

  const kills = ['Pruning', 'Copying the rest', 'Verifying', 'Setting the mark'];
  const finishedAt = performance.now();
  for (const killAt of kills.slice(0, 3)) expect((await move(['--finish'], killAt)).code).toBe('SIGKILL');
  // Nothing may change now, and the service accepts all the same.
  expect(await remove(people.at(-1)?.id ?? '')).toBe(503);
  const late = await world.signUp('late@example.com');
  const ids = [...seeded.slice(0, sampled).map(({ id }) => id), newOwner, ...created, ...waiting, late];
  const before = await world.findAll(ids);
  const interrupted = await move(['--finish'], kills[3]);
  expect(interrupted.output).toMatch(/Verified: \d+ from Redis and \d+ from PostgreSQL, 0 differ/);
  // From here on the mark is set, and what is left is to add what came last.
  const marked = await move(['--finish'], 'Adding what was accepted');
  expect(marked.code, marked.output).toBe('SIGKILL');
  expect(await connection.get('{backend-jobs}:move')).toMatch(/^moved /);
  const finish = await move(['--finish']);
  const finishSeconds = (performance.now() - finishedAt) / 1_000;
  expect(finish.code, finish.output).toBe(0);
  expect((await world.post({ name: 'Ada', email: 'too-late@example.com' })).status).toBe(503);
  await expect.poll(() => world.log).toContain('The users have moved to PostgreSQL: set DATABASE_URL');
  expect((await move(['--finish'])).output).toContain('The users have moved');
  const answers = await stop();
  await Promise.all(world.apis.map((api) => api.stop()));

  // On PostgreSQL everybody is as before, and what was begun goes on.
  world.apis.length = 0;
  await world.startApi({ env });
  expect(await world.findAll(ids)).toEqual(storable(before));
  expect(await (await world.post({ name: 'Ada', email: 'keyed@example.com' }, retried)).json()).toEqual(
    keyed,
  );
  expect((await move(['--forget'])).code).toBe(0);
  const left = (await connection.keys('*')).filter((key) =>
    /:(sign-up|email|idempotency):|:users$/.test(key),
  );
  expect(left).toEqual([]);
  expect(await connection.hget(`{backend-jobs}:users:${late}`, 'data')).not.toContain('example.com');
  await world.startWorker({ ...env, EMAILS_CONCURRENCY: '50' });
  await world.operate('PUT', '/queues/emails/resume');
  const all = [...accepted(answers), ...created, ...waiting, late, newOwner];
  let unended = all;
  const countUnended = async () => {
    const found = await world.findAll(unended);
    unended = unended.filter((_, index) => found[index]?.welcomeEmail?.status !== 'sent');
    return unended.length;
  };
  await expect.poll(countUnended, patience).toBe(0);
  expect(answers.filter(({ status }) => status !== 202 && status !== 503)).toEqual([]);
  const mailed = world.smtp.messages.flatMap(({ to }) => to);
  expect(mailed.length).toBe(new Set(mailed).size);
  expect(mailed).toHaveLength(all.length + 1); // and the keyed one

  const database = opened.adopt(openPatientDatabase(postgres.url), (one) => one.close());
  expect(
    await database.query({ text: 'SELECT count(*)::int AS n FROM users WHERE id = $1' }, [newOwner]),
  ).toEqual([{ n: 1 }]);
  expect(await world.hasUser(heir?.email ?? '')).toBe(true);
  expect((await runAudit(env)).output).toContain('0 that hang or are lost');
  process.stdout.write(
    `moved ${users}: copy ${copySeconds.toFixed(1)} s, ${Math.round(users / copySeconds)}/s; ` +
      `last step with its kills ${finishSeconds.toFixed(1)} s\n${copy.output}${interrupted.output}${finish.output}`,
  );
}, 3_600_000);
