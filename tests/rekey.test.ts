import { appMain, runProgram } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { withKey } from './support/api-key.ts';
import { test } from './support/queues.ts';

test('npm run rekey moves everybody to a new HASH_SECRET: they are found by email, and nobody signs up twice', async ({
  world,
  redis,
}) => {
  const ids = await world.signUpMany(30, 'rekeyed');
  for (const id of ids) await expect.poll(() => world.find(id)).toMatchObject({ status: 'created' });
  await world.stop();

  const env = { ...world.env, HASH_SECRET: 'b1f7c09e64d8a3527fe0' };
  const rekey = () => runProgram(appMain('rekey'), env);
  const names = (await redis.keys('*:email:*')).sort();
  expect(await rekey()).toEqual({
    code: 0,
    output: '30 users; 30 of them were moved to the new HASH_SECRET\n',
  });
  expect(await rekey()).toEqual({
    code: 0,
    output: '30 users; 0 of them were moved to the new HASH_SECRET\n',
  });
  const wrong = await runProgram(appMain('rekey'), {
    ...env,
    HASH_SECRET: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
  });
  expect(wrong.code).toBe(1);
  expect(wrong.output).toContain('30 users are found under neither secret: check OLD_HASH_SECRET');
  const moved = await redis.keys('*:email:*');
  expect(moved).toHaveLength(names.length);
  expect(new Set(moved).isDisjointFrom(new Set(names))).toBe(true);

  const { url } = await world.startApi({ env });
  const list = await fetch(`${url}/users?email=rekeyed.7@example.com`, { headers: withKey });
  expect(await list.json()).toMatchObject({ users: [{ email: 'rekeyed.7@example.com' }] });
  const again = await world.post({ name: 'Ada', email: 'rekeyed.7@example.com' }, {}, url);
  expect(again.status).toBe(409);
});

test('where PostgreSQL has the users there is nothing to move, which is said', async ({ world }) => {
  const env = { ...world.env, DATABASE_URL: 'postgres://us@127.0.0.1:1/none' };
  const { code, output } = await runProgram(appMain('rekey'), env);
  expect({ code, output }).toMatchObject({ code: 2, output: expect.stringContaining('by their addresses') });
});
