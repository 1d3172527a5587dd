import { appMain, freePort, runProgram, startTestRedis } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { test } from './support/world.ts';

describe('a wrong environment', () => {
  test('ends the API with every fault named at once', async () => {
    const { code, output } = await runProgram(appMain('api'), {
      NODE_ENV: 'production',
      PORT: 'http',
      ADMIN_PASSWORD: 'short',
    });
    expect(code).toBe(1);
    expect(output).toMatch(/REDIS_URL is missing/);
    expect(output).toMatch(/PORT must be a whole number/);
    expect(output).toMatch(/ADMIN_PASSWORD must have at least 12 characters/);
    expect(output).not.toContain('    at ');
  });

  test('names a password that is an example of the README, and a secret file that is not there', async () => {
    const env = {
      NODE_ENV: 'production',
      REDIS_URL: 'redis://127.0.0.1:1',
      ADMIN_PASSWORD: 'choose-your-own',
    };
    const { code, output } = await runProgram(appMain('api'), { ...env, VIEWER_PASSWORD: 'short' });
    expect(code).toBe(1);
    expect(output).toMatch(/ADMIN_PASSWORD is too easy to guess/);
    expect(output).toMatch(/VIEWER_PASSWORD must have at least 12 characters/);
    const missing = await runProgram(appMain('api'), {
      ...env,
      ADMIN_PASSWORD: '',
      ADMIN_PASSWORD_FILE: '/nowhere',
    });
    expect(missing).toMatchObject({
      code: 1,
      output: expect.stringMatching(/ADMIN_PASSWORD_FILE names a file that can not be read/),
    });
  });

  test('ends the worker with every fault named at once', async () => {
    const { code, output } = await runProgram(appMain('worker'), {
      NODE_ENV: 'production',
      SMTP_URL: 'localhost',
    });
    expect(code).toBe(1);
    expect(output).toMatch(/REDIS_URL is missing/);
    expect(output).toMatch(/SMTP_URL must look like smtp:/);
    expect(output).toMatch(/MAIL_FROM is missing/);
  });

  test.for([
    ['api', { REDIS_URL: 'redis://us:se/cret@127.0.0.1' }],
    ['api', { TRUST_PROXY: '999.1.1.1' }],
    ['worker', { SMTP_URL: 'smtps://KEY:se/cret@127.0.0.1' }],
  ] as const)('ends the %s with one message and no stack: %o', async ([app, wrong]) => {
    const right = { REDIS_URL: 'redis://127.0.0.1:1', SMTP_URL: 'smtp://127.0.0.1:1', PORT: '0' };
    const { code, output } = await runProgram(appMain(app), { ...right, ...wrong });
    const [name] = Object.keys(wrong);
    expect(code).toBe(1);
    expect(output).toMatch(new RegExp(`^The environment is not valid:\\n  ${name} must [^\\n]*\\n$`));
    expect(output).not.toMatch(/cret|999\.1/);
  });
});

test('a Redis that evicts ends the start in production, with the way out', async () => {
  const redis = await startTestRedis({ extraArgs: ['--maxmemory-policy', 'allkeys-lru'] });
  const hashSecret = '8a81c5fd6fe2b3907e24';
  const env = {
    NODE_ENV: 'production',
    REDIS_URL: redis.serviceUrl,
    PORT: '0',
    HASH_SECRET: `${hashSecret}-${hashSecret}`,
  };
  const { code, output } = await runProgram(appMain('api'), { ...env, ADMIN_PASSWORD: 'long-enough-for-it' });
  expect(code).toBe(1);
  expect(output).toMatch(/evicts keys/);
  expect(output).toMatch(/REDIS_ALLOW=eviction/);
  await redis.stop();
});

describe('the port of the metrics', () => {
  const scrape = (port: string) =>
    fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text());

  test('is served until the end, which a scraper that stays connected does not hold up', async ({
    world,
  }) => {
    const [ofApi, ofWorker] = [String(await freePort()), String(await freePort())];
    const api = await world.startApi({ env: { METRICS_PORT: ofApi } });
    const worker = await world.startWorker({ METRICS_PORT: ofWorker });
    expect(await scrape(ofApi)).toMatch(/^build_info\{app="api",/m);
    expect(await scrape(ofWorker)).toMatch(/^build_info\{app="worker",/m);
    await Promise.all([api.stop(), worker.stop()]);
    expect(await Promise.all([api.exited, worker.exited])).toEqual([0, 0]);
  });

  test.for(['api', 'worker'] as const)(
    'ends the start of the %s where it is taken',
    async (app, { world }) => {
      const taken = new URL(world.apiUrl).port;
      const { REDIS_URL = '', SMTP_URL = '', KEY_PREFIX = '' } = world.env;
      const env = { REDIS_URL, SMTP_URL, KEY_PREFIX, NODE_ENV: 'test', PORT: '0', METRICS_PORT: taken };
      const { code, output } = await runProgram(appMain(app), env);
      expect(code).toBe(1);
      expect(output).toContain(`METRICS_PORT: cannot listen on port ${taken} of 127.0.0.1`);
    },
  );
});

describe('the log', () => {
  test('says at the start that an API without keys is open, and one without a limit has none', async ({
    world,
  }) => {
    await expect.poll(() => world.log).toContain('API_KEYS is not set');
    await expect.poll(() => world.log).toMatch(/"level":40,.*RATE_LIMIT is off/);
  });

  test('ties API, job and email together by the request id, and holds nothing personal', async ({
    world,
  }) => {
    const response = await world.post(
      { name: 'Canary Person', email: 'canary@example.com' },
      { 'x-request-id': 'trace-me-42' },
    );
    expect(response.headers.get('x-request-id')).toBe('trace-me-42');
    const { id } = (await response.json()) as { id: string };
    await expect.poll(() => world.job('users', id)).toMatchObject({ returnValue: { outcome: 'created' } });
    const lines = () =>
      world.log
        .split('\n')
        .filter((line) => line.includes('trace-me-42'))
        .map((line) => JSON.parse(line) as { process: string; job?: string });
    await expect
      .poll(() =>
        lines()
          .map(({ process, job }) => job ?? process)
          .sort(),
      )
      .toEqual(['api', 'create-user', 'send-welcome-email']);
    expect(world.log).not.toMatch(/canary/i);
  });

  test('does not take a request id that would break a line', async ({ world }) => {
    const response = await world.post({}, { 'x-request-id': 'a b{"c"}' });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
