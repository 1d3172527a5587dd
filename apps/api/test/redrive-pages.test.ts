import { createRedriveRunner } from '@backend-jobs/jobs';
import { oneShard } from '@backend-jobs/redis';
import { openStores } from '@backend-jobs/sign-ups';
import { describe, expect } from 'vitest';
import { createTrail } from '../src/admin/access/trail.ts';
import { adminLogin, asAdmin, asViewer, viewerLogin } from './support/credentials.ts';
import { type TestApi, test } from './support/test-api.ts';

type Open = (options: object) => Promise<TestApi>;

/** An API with failed emails, and what a worker would do for it. */
const openFailures = async (openApi: Open, { prefix }: { prefix: string }, reasons: string[]) => {
  const keyPrefix = `${prefix}:${crypto.randomUUID()}`;
  const api = await openApi({ keyPrefix, logins: [adminLogin, viewerLogin] });
  const { connection, queues } = api;
  const { emails } = queues;
  for (const [index, failedReason] of reasons.entries()) {
    const fields = { name: 'send-welcome-email', data: '{}', opts: '{}', timestamp: 1, finishedOn: index };
    await connection.hset(emails.toKey(`welcome-${index}`), { ...fields, failedReason });
    await connection.zadd(emails.toKey('failed'), index, `welcome-${index}`);
  }
  const stores = openStores(oneShard(connection, keyPrefix), { hashSecret: 'a-secret-for-tests' });
  const runner = createRedriveRunner({ connection, prefix: keyPrefix, queues, ...stores });
  const get = async (url: string, headers = asAdmin) => {
    const { body, statusCode } = await api.app.inject({ url, headers });
    expect(statusCode).toBe(200);
    return body;
  };
  const send = async (url: string, form: Record<string, string>, headers = asAdmin) => {
    const response = await api.app.inject({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    });
    return { status: response.statusCode, location: String(response.headers.location) };
  };
  const countWaiting = () => connection.llen(emails.toKey('wait'));
  return {
    api,
    runner,
    get,
    send,
    countWaiting,
    key: `${keyPrefix}:actions`,
    trail: createTrail(connection, keyPrefix),
  };
};

const order = { why: 'the relay is back', perSecond: '2' };
const byReason = { of: 'emails', reason: '550 <b>no</b>' };

describe('an operator', () => {
  test('chooses a reason, sees what it would take, says why, sees it progress, and stops it', async ({
    openApi,
    redis,
  }) => {
    const reasons = [
      '550 <b>no</b>',
      'expired',
      '550 <b>no</b>',
      '550 <b>no</b>',
      'expired',
      '550 <b>no</b>',
    ];
    const { runner, get, send, countWaiting, trail } = await openFailures(openApi, redis, reasons);
    const failures = await get('/admin/failures', asViewer);
    expect(failures).toContain('550 &lt;b&gt;no&lt;/b&gt;');
    expect(failures).not.toContain('<b>no');

    const planned = await send('/admin/redrives/plan', byReason);
    expect(planned).toMatchObject({
      status: 303,
      location: expect.stringMatching(/^\/admin\/redrives\/[0-9a-f-]{36}$/),
    });
    const dryRun = await get(planned.location);
    expect(dryRun).toContain('It would take <strong>4</strong>');
    expect(dryRun).toContain('welcome-3');
    expect(await countWaiting()).toBe(0);

    expect(await send(`${planned.location}/start`, order)).toMatchObject({
      status: 303,
      location: planned.location,
    });
    const id = planned.location.split('/').at(-1) as string;
    await runner.advance(id);
    const running = await get(planned.location);
    expect(running).toMatch(/2 of 4:\s+2 taken, 0 skipped, 2 left, done in about \d+ s/);
    expect(running).toContain('the relay is back');
    expect((await send(`${planned.location}/stop`, {})).status).toBe(303);
    await runner.advance(id);
    expect(await countWaiting()).toBe(2);
    expect(await get(planned.location)).toContain('Stopped</strong> by admin');
    await expect
      .poll(() => trail.read({ count: 10 }))
      .toMatchObject([
        { action: 'redrives/stop', target: { id }, ending: { outcome: 'done' } },
        {
          action: 'redrives/start',
          target: { id },
          why: 'the relay is back',
          by: { name: 'admin' },
          ending: { outcome: 'done' },
        },
        {
          action: 'redrives/plan',
          target: { about: 'failed jobs of emails, because of “550 <b>no</b>”' },
          ending: { outcome: 'done' },
        },
      ]);
  });

  test('who is a viewer gets 403, which is in the trail, and starts nothing', async ({ openApi, redis }) => {
    const { send, countWaiting, trail, runner } = await openFailures(openApi, redis, ['550 <b>no</b>']);
    expect((await send('/admin/redrives/plan', byReason, asViewer)).status).toBe(403);
    const { location } = await send('/admin/redrives/plan', byReason);
    expect((await send(`${location}/start`, order, asViewer)).status).toBe(403);
    await runner.advance(location.split('/').at(-1) as string);
    expect(await countWaiting()).toBe(0);
    await expect
      .poll(() => trail.read({ count: 1 }))
      .toMatchObject([
        { action: 'redrives/start', by: { name: 'viewer' }, ending: { outcome: 'refused', status: 403 } },
      ]);
  });

  test('starts nothing that the trail can not record', async ({ openApi, redis }) => {
    const { api, send, countWaiting, key, runner } = await openFailures(openApi, redis, ['550 <b>no</b>']);
    const { location } = await send('/admin/redrives/plan', byReason);
    await api.connection.rename(key, `${key}-before`);
    await api.connection.set(key, 'Redis refuses to append to what is no stream');
    expect((await send(`${location}/start`, order)).status).toBe(503);
    await runner.advance(location.split('/').at(-1) as string);
    expect(await countWaiting()).toBe(0);
    expect(await api.queues.maintenance.getJobCountByTypes('waiting')).toBe(0);
  });

  test.for([
    ['/plan', { of: 'maintenance' }],
    ['/plan', { of: 'emails', from: 'yesterday' }],
    ['/plan', { of: 'emails', from: '2026-01-31T25:00' }],
    ['/plan', { of: 'emails', to: '0000-01-01T00:00' }],
    ['/plan', { of: 'emails', anything: 'else' }],
    ['/start', { why: '', perSecond: '5' }],
    ['/start', { why: 'x', perSecond: '1001' }],
    ['/start', { why: 'x', perSecond: '0' }],
  ] as const)('who sends %s with %j gets 400', async ([path, form], { openApi, redis }) => {
    const { send } = await openFailures(openApi, redis, []);
    const { location } = await send('/admin/redrives/plan', { of: 'emails' });
    const url = path === '/plan' ? '/admin/redrives/plan' : `${location}/start`;
    expect((await send(url, form)).status).toBe(400);
  });

  test('gets 404 for a redrive that is not there, does not run, or was started before', async ({
    openApi,
    redis,
  }) => {
    const { send, api } = await openFailures(openApi, redis, ['550 <b>no</b>']);
    const { location } = await send('/admin/redrives/plan', byReason);
    expect((await send(`${location}/stop`, {})).status).toBe(404);
    expect((await send(`${location}/start`, order)).status).toBe(303);
    expect((await send(`${location}/start`, order)).status).toBe(404);
    const url = '/admin/redrives/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10';
    expect((await api.app.inject({ url, headers: asAdmin })).statusCode).toBe(404);
  });

  test('chooses the seconds and minutes as they are written, in UTC, both ends included', async ({
    openApi,
    redis,
  }) => {
    const { send, get } = await openFailures(openApi, redis, Array(5).fill('550 no'));
    const named = async (span: object) =>
      /It would take (<strong>\d+|nothing)/.exec(
        await get((await send('/admin/redrives/plan', { of: 'emails', ...span })).location),
      )?.[1];
    expect(await named({ from: '1970-01-01T00:00', to: '1970-01-01T00:00' })).toBe('<strong>5');
    expect(await named({ from: '1970-01-01T00:00:00', to: '1970-01-01T00:00:00' })).toBe('<strong>5');
    expect(await named({ from: '1970-01-01T00:00:01', to: '' })).toBe('nothing');
  });
});
