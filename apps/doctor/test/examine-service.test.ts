import { createServer } from 'node:http';
import { openQueues } from '@backend-jobs/jobs';
import {
  appMain,
  findFaketime,
  findMachinePart,
  freePort,
  otherClock,
  type RedisOptions,
  runProgram,
  startTestRedis,
  startWorker,
} from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';

const faketime = await findMachinePart({
  name: 'libfaketime',
  tests: 'the doctor beside a wrong clock',
  find: findFaketime,
});

/** A Redis, an operator of it, and the doctor who looks at it. */
const open = async (options: RedisOptions = {}) => {
  const redis = await startTestRedis(options);
  const operator = new Redis(redis.url);
  onTestFinished(async () => {
    operator.disconnect();
    await redis.stop();
  });
  return { redis, operator, examine: examineAt(redis.serviceUrl) };
};

const examineAt =
  (url: string) =>
  (env: Record<string, string> = {}) =>
    runProgram(appMain('doctor'), { REDIS_URL: url, ...env });

const brokenSettings: [string, string[], RegExp][] = [
  [
    'evicts',
    ['--maxmemory-policy', 'allkeys-lru'],
    /^FAILED {2}durability .*evicts.*\n +Change the settings/m,
  ],
  [
    'keeps nothing',
    ['--appendonly', 'no'],
    /^FAILED {2}durability .*nothing on disk.*\n +Change the settings/m,
  ],
  ['is full', ['--maxmemory', '1'], /^FAILED {2}writes .*OOM.*\n +See "POST \/users returns 503"/m],
  ['wants replicas', ['--min-replicas-to-write', '1'], /^FAILED {2}writes .*NOREPLICAS/m],
];

/** Some start a worker as well, and the doctor twice: each is a program that is loaded anew. */
describe('npm run doctor', { timeout: 180_000 }, () => {
  test('finds nothing wrong with a service that works, and names what it looked at', async () => {
    const { redis, examine } = await open();
    const worker = await startWorker({
      main: appMain('worker'),
      env: { REDIS_URL: redis.serviceUrl, SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'Us <us@example.com>' },
      log: 'on-failure',
    });
    onTestFinished(() => worker.stop());
    const { code, output } = await examine({ PORT: String(await freePort()) });
    expect(output).not.toContain('FAILED');
    expect(output.match(/^ok {6}(\w+)/gm)?.map((line) => line.slice(8))).toEqual(
      'Redis writes rights channels durability memory clock workers users emails sign port mail'.split(' '),
    );
    expect(code).toBe(0);
  });

  test.for(brokenSettings)('says what to do where Redis %s', async ([, extraArgs, said]) => {
    const { code, output } = await (await open({ extraArgs })).examine();
    expect(output).toMatch(said);
    expect(code).toBe(1);
  });

  test('says what to do where Redis is nearly full', async () => {
    const { operator, examine } = await open();
    await operator.set('what fills it', Buffer.alloc(60 * 1024 * 1024));
    await operator.config('SET', 'maxmemory', '72mb');
    const { output } = await examine();
    expect(output).toMatch(/^FAILED {2}memory .* of 72 MiB used\n +Give Redis more memory/m);
  });

  test('says what to do where nothing answers, and shows no password', async () => {
    const { code, output } = await examineAt('redis://user:s3cret@127.0.0.1:1')();
    expect(output).toMatch(/^FAILED {2}Redis .*ECONNREFUSED.*\n +Start Redis, or correct REDIS_URL/m);
    expect(output).not.toContain('s3cret');
    expect(code).toBe(1);
  });

  test('says what to do where there is no such database, or another password', async () => {
    const { redis, operator } = await open();
    expect((await examineAt(`${redis.url}/99`)()).output).toMatch(
      /^FAILED {2}Redis .*(out of range|SELECT is not allowed)/m,
    );
    await operator.config('SET', 'requirepass', 'another');
    expect((await examineAt(redis.serviceUrl)()).output).toMatch(/^FAILED {2}Redis .*NOAUTH/m);
  });

  test('tells a port that is free from one that the app has, and from one that another program has', async () => {
    const { redis, examine } = await open();
    const [free, taken] = [await freePort(), await freePort()];
    const worker = await startWorker({
      main: appMain('worker'),
      env: { REDIS_URL: redis.serviceUrl, SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'Us <us@example.com>' },
      log: 'on-failure',
    });
    onTestFinished(() => worker.stop());
    const other = createServer((_request, response) => response.writeHead(404).end()).listen(
      taken,
      '127.0.0.1',
    );
    onTestFinished(() => void other.close());
    const healthPort = new URL(worker.healthUrl).port;
    const ours = await examine({ PORT: String(free), HEALTH_PORT: healthPort, METRICS_PORT: String(free) });
    expect(ours.output).toMatch(RegExp(`^ok {6}port ${free} +free for the API \\(PORT\\)$`, 'm'));
    expect(ours.output).toMatch(RegExp(`^ok {6}port ${healthPort} +the worker answers$`, 'm'));
    expect(ours.output).toMatch(
      RegExp(`^ok {6}port ${free} +free for the API or worker \\(METRICS_PORT\\)$`, 'm'),
    );
    const { code, output } = await examine({ PORT: String(taken) });
    expect(output).toMatch(
      /^FAILED {2}port \d+ +something answers that is not the API \(404\)\n +Stop it, or give/m,
    );
    expect(code).toBe(1);
  });

  test('says what to do where the Redis user may not run scripts', async () => {
    const { redis, operator } = await open();
    await operator.call('ACL', 'SETUSER', 'weak', 'on', '>weak', '~*', '+@all', '-@scripting');
    const { output } = await examineAt(redis.serviceUrl.replace('//', '//weak:weak@'))();
    expect(output).toMatch(/^FAILED {2}rights .*NOPERM.*\n +Give the user the rights/m);
  });

  test('says what to do where the Redis user has no channels', async () => {
    const { redis, operator } = await open();
    await operator.call('ACL', 'SETUSER', 'mute', 'on', '>mute', '~*', '+@all', 'resetchannels');
    const { output } = await examineAt(redis.serviceUrl.replace('//', '//mute:mute@'))();
    expect(output).toMatch(/^FAILED {2}channels .*NOPERM.*\n +Give the user the rights/m);
  });

  test('says what to do where no worker runs, a queue is paused, and somebody has waited for long', async () => {
    const { operator, examine } = await open();
    await openQueues({ connection: operator, prefix: '{backend-jobs}' }).emails.pause();
    await operator.zadd('{backend-jobs}:unwelcomed', Date.now() - 60 * 60_000, 'somebody');
    const { output } = await examine();
    expect(output).toMatch(/^FAILED {2}workers .*none.*\n +Start a worker/m);
    expect(output).toMatch(/^FAILED {2}emails +paused.*\n +Press Resume/m);
    expect(output).toMatch(/^FAILED {2}sign-ups +1 have waited.*\n +See "Welcome emails stay pending"/m);
  });

  test('says what to do where the clock is wrong', async (context) => {
    faketime.orSkip(context);
    const { examine } = await open();
    const { output } = await examine(otherClock(faketime.get(), '+1h'));
    expect(output).toMatch(/^FAILED {2}clock .*3600 s ahead of that of Redis.*\n +Set the clock/m);
  });
});
