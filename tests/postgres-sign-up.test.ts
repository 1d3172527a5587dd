import { randomUUID } from 'node:crypto';
import { runAudit } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { apiKeysEnv, withKey } from './support/api-key.ts';
import { basic } from './support/login.ts';
import { patientWithClients } from './support/many-at-once.ts';
import { test } from './support/own-postgres.ts';
import { openSocket } from './support/raw-http.ts';
import { admin, type SignUp } from './support/world.ts';

test('a sign-up ends with a user, who has been welcomed, and Redis never has anything of the person', async ({
  world,
  redis,
  sql,
  onTestFinished,
}) => {
  // By hand: ioredis takes what is monitored for the reply to one of its own commands, when both come at once.
  const monitor = await openSocket(redis.url);
  onTestFinished(() => void monitor.destroy());
  let commands = '';
  monitor.setEncoding('utf8').on('data', (chunk) => {
    commands += chunk;
  });
  monitor.write('MONITOR\r\n');
  await expect.poll(() => commands).toMatch(/^\+OK/);
  const id = await world.signUp('zaphod.canary@example.com', { name: 'Zaphod Canary' });
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
  const report = { outcome: 'created', welcomeEmail: 'sent' };
  await expect.poll(() => world.job('users', id)).toMatchObject({ returnValue: report });
  expect(world.smtp.to('zaphod.canary@example.com')).toHaveLength(1);
  await expect.poll(() => commands).toContain(`welcome-${id}`);
  expect(commands).not.toMatch(/canary/i);
  expect(await sql(`SELECT name, email FROM users WHERE id = '${id}'`)).toEqual([
    { name: 'Zaphod Canary', email: 'zaphod.canary@example.com' },
  ]);
});

test('whoever is over the limit is told so, and leaves no row', async ({ world, sql }) => {
  const { url } = await world.startApi({ env: { RATE_LIMIT: '5/1m' } });
  const post = (index: number) => world.post({ name: 'Ada', email: `limit.${index}@example.com` }, {}, url);
  const countRows = async () => (await sql('SELECT count(*)::int AS count FROM sign_ups'))[0]?.count;
  const before = Number(await countRows());
  const statuses = await Promise.all(Array.from({ length: 8 }, (_, index) => post(index)));
  expect(statuses.map(({ status }) => status).sort()).toEqual([...Array(5).fill(202), ...Array(3).fill(429)]);
  expect(await countRows()).toBe(before + 5);
});

test('an Idempotency-Key makes 1,000 posts at once one sign-up', async ({ world }) => {
  const key = randomUUID();
  const { url } = await world.startApi({ env: patientWithClients });
  const post = async () => {
    const response = await world.post(
      { name: 'Ada', email: 'thousand@example.com' },
      { 'idempotency-key': key },
      url,
    );
    return { status: response.status, id: ((await response.json()) as SignUp).id };
  };
  const answers = await Promise.all(Array.from({ length: 1_000 }, post));
  expect(new Set(answers.map(({ status, id }) => `${status} ${id}`)).size).toBe(1);
  await expect
    .poll(() => world.find(answers[0]?.id as string))
    .toMatchObject({ welcomeEmail: { status: 'sent' } });
  expect(await post()).toEqual(answers[0]);
  const other = await world.post({ name: 'Bob', email: 'thousand@example.com' }, { 'idempotency-key': key });
  expect(other.status).toBe(422);
  expect(await world.hasUser('thousand@example.com')).toBe(true);
  expect(world.smtp.to('thousand@example.com')).toHaveLength(1);
});

test('one of many who want an email gets it, and the others are told so', async ({ world }) => {
  const posts = Array.from({ length: 20 }, () => world.post({ name: 'Ada', email: 'wanted@example.com' }));
  const responses = await Promise.all(posts);
  const accepted = responses.filter(({ status }) => status === 202);
  const ids = await Promise.all(accepted.map(async (response) => ((await response.json()) as SignUp).id));
  const statuses = async () => (await world.findAll(ids)).map(({ status }) => status).sort();
  await expect.poll(statuses).toEqual(['created', ...ids.slice(1).map(() => 'rejected')]);
});

test('who is deleted while waiting is never made, and nothing is kept of the person', async ({
  world,
  sql,
}) => {
  const { url } = await world.startApi({ env: apiKeysEnv });
  const remove = async (id: string) =>
    (await fetch(`${url}/users/${id}`, { method: 'DELETE', headers: withKey })).status;
  await world.operate('PUT', '/queues/users/pause');
  const body = { name: 'Ada', email: 'regret@example.com' };
  const key = { 'idempotency-key': 'regret' };
  const { id } = (await (await world.post(body, key)).json()) as SignUp;
  expect(await world.find(id)).toMatchObject({ status: 'queued' });
  expect(await remove(id)).toBe(204);
  expect(await remove(id)).toBe(404);
  await world.operate('PUT', '/queues/users/resume');
  expect(JSON.stringify(await sql(`SELECT * FROM sign_ups WHERE id = '${id}'`))).not.toContain('regret');
  expect(await sql(`SELECT * FROM idempotency_keys WHERE sign_up_id = '${id}'`)).toEqual([]);
  const again = await world.post(body, key);
  expect(((await again.json()) as SignUp).id).not.toBe(id);
  await expect.poll(() => world.smtp.to('regret@example.com')).toHaveLength(1);
});

test('the audit finds nothing that hangs', async ({ world }) => {
  expect(await runAudit(world.env)).toMatchObject({ code: 0 });
});

test('an operator finds one that waits, with the person masked', async ({ world }) => {
  await world.operate('PUT', '/queues/users/pause');
  const id = await world.signUp('quentin.waits@example.com', { name: 'Quentin Waits' });
  const headers = { authorization: basic(admin) };
  const page = await (await fetch(`${world.apiUrl}/admin/find/${id}`, { headers })).text();
  expect(page).toMatch(/queued.*Q•••.*q•••@e•••\.com/s);
  expect(page).not.toMatch(/quentin|waits@/i);
  await world.operate('PUT', '/queues/users/resume');
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
});

test('one that has failed is made when its job runs again', async ({ world, connection, sql }) => {
  await world.operate('PUT', '/queues/users/pause');
  const id = await world.signUp('second.try@example.com');
  // As its first run would have left it.
  await connection.hset(`{backend-jobs}:users:${id}`, 'ats', 1);
  await sql(`UPDATE sign_ups SET outcome = 'failed' WHERE id = '${id}'`);
  await world.operate('PUT', '/queues/users/resume');
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
});

test('a repeated request adds the job that was lost', async ({ world, connection, sql }) => {
  await world.operate('PUT', '/queues/users/pause');
  const post = async () => {
    const response = await world.post(
      { name: 'Ada', email: 'nudge@example.com' },
      { 'idempotency-key': 'nudge' },
    );
    return ((await response.json()) as SignUp).id;
  };
  const id = await post();
  await connection.del(`{backend-jobs}:users:${id}`);
  expect(await post()).toBe(id);
  expect(await connection.exists(`{backend-jobs}:users:${id}`)).toBe(1);
  await world.operate('PUT', '/queues/users/resume');
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
  expect(await sql(`SELECT outcome FROM sign_ups WHERE id = '${id}'`)).toEqual([{ outcome: 'created' }]);
});

test('a user that a table of the team refers to is not deleted: 409', async ({ world, sql }) => {
  const { url } = await world.startApi({ env: apiKeysEnv });
  const id = await world.signUp('referred@example.com');
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
  await sql('CREATE TABLE orders (user_id uuid REFERENCES users (id))');
  await sql(`INSERT INTO orders VALUES ('${id}')`);
  const remove = () => fetch(`${url}/users/${id}`, { method: 'DELETE', headers: withKey });
  const refused = await remove();
  expect([refused.status, await refused.json()]).toMatchObject([409, { type: '/problems#still-referenced' }]);
  expect(await world.find(id)).toMatchObject({ status: 'created' });
  await sql('DROP TABLE orders');
  expect((await remove()).status).toBe(204);
});
