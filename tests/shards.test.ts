import { appMain, runAudit, runProgram } from '@backend-jobs/local-services';
import { expect, test } from 'vitest';
import { basic } from './support/login.ts';
import { inShards, openShardedWorld } from './support/sharded-world.ts';
import { admin, type SignUp, type World } from './support/world.ts';

const untilSent = (world: World, ids: string[], timeout: number) =>
  expect
    .poll(async () => (await world.findAll(ids)).filter(isSent).length, { timeout, interval: 200 })
    .toBe(ids.length);
const isSent = ({ welcomeEmail }: SignUp) => welcomeEmail?.status === 'sent';

test('the service in 16 shards welcomes everybody once, and operators see all of it', {
  timeout: 120_000,
}, async ({ onTestFinished }) => {
  const world = await openShardedWorld(onTestFinished);
  const ids = await world.signUpMany(100, 'spread');
  await untilSent(world, ids, 60_000);
  expect(world.smtp.messages).toHaveLength(100);
  expect(await runAudit(world.env)).toMatchObject({ code: 0, counts: { 'created, email sent': 100 } });

  const overview = await fetch(`${world.apiUrl}/admin`, { headers: { authorization: basic(admin) } });
  expect(await overview.text()).toMatch(/users[\s\S]*emails[\s\S]*maintenance/);
  const doctor = await runProgram(appMain('doctor'), { ...world.env, MAIL_FROM: 'Us <us@example.com>' });
  expect(doctor.output).toMatch(/shard 15 +on 127\.0\.0\.1/);
  expect(doctor.output).toMatch(/emails +0 wait/);
  expect(doctor.output.match(/Redis takes them/g)).toHaveLength(1);
});

test('what can only be done with one shard says so, and does nothing', async () => {
  const env = { ...inShards, REDIS_URL: 'redis://127.0.0.1:1' };
  const environments = {
    rekey: env,
    'move-users': { ...env, DATABASE_URL: 'postgres://user:password@127.0.0.1:5432/none' },
  };
  for (const app of ['rekey', 'move-users'] as const) {
    const { code, output } = await runProgram(appMain(app), environments[app]);
    expect([app, code, output]).toEqual([app, 2, expect.stringContaining('while SHARDS is 1')]);
  }
});
