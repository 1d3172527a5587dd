import { fileURLToPath } from 'node:url';
import { startApi, startRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { expressDutiful } from '../src/contenders/rivals.ts';
import { untilFinished } from '../src/redis-facts.ts';
import { startSink } from '../src/sink/start-sink.ts';

const main = fileURLToPath(new URL('../src/contenders/express-dutiful/api.ts', import.meta.url));

/** It counts the requests of a second for itself: the test of the limit has a service of its own. */
const openService = async (env: Record<string, string> = {}) => {
  await using starting = new AsyncDisposableStack();
  const redis = await startRedis();
  starting.defer(() => redis.stop());
  const log: string[] = [];
  const api = await startApi({
    main,
    env: { NODE_ENV: 'production', REDIS_URL: redis.url, ...env },
    log: (chunk) => log.push(chunk),
    readyPath: '/',
    anyStatus: true,
  });
  starting.defer(() => api.stop());
  const opened = starting.move();
  const signUp = (body: object) =>
    fetch(`${api.url}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return { redisUrl: redis.url, log, signUp, opened, [Symbol.asyncDispose]: () => opened.disposeAsync() };
};

const ada = { name: 'Ada', email: 'ada@example.com' };

test('the dutiful contender mails each address once, refuses it afterwards, and logs each request', async () => {
  await using service = await openService();
  const sink = await startSink();
  service.opened.defer(() => sink.stop());
  // Two before there is a worker: both pass the look-up of the address.
  const both = await Promise.all([service.signUp(ada), service.signUp(ada)]);
  expect(both.map(({ status }) => status)).toEqual([202, 202]);
  const worker = await expressDutiful.startWorker({ redisUrl: service.redisUrl, smtpUrl: sink.smtpUrl });
  service.opened.defer(() => worker.stop());
  await expect.poll(async () => (await service.signUp(ada)).status).toBe(409);
  await service.signUp({ ...ada, email: 'bea@example.com' });
  const redis = new Redis(service.redisUrl);
  service.opened.defer(() => redis.disconnect());
  await untilFinished(redis, expressDutiful.queues);
  expect(await sink.count()).toBe(2);
  await expect.poll(() => service.log.join('')).toMatch(/"url":"\/users"[^\n]*"statusCode":202/);
});

test('the dutiful contender answers faults with problems, and has the headers of helmet', async () => {
  await using service = await openService();
  const response = await service.signUp({ ...ada, email: 'nobody', role: 'admin' });
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await response.json()).toMatchObject({ status: 400, errors: [{ field: 'email' }, { field: '' }] });
});

test('the dutiful contender limits the requests of an address, before it looks at them', async () => {
  await using service = await openService({ RATE_LIMIT: '1' });
  const responses = await Promise.all([1, 2, 3].map(() => service.signUp({})));
  const refused = responses.find(({ status }) => status === 429);
  expect(refused?.headers.get('ratelimit-limit')).toBe('1');
  expect(refused?.headers.get('retry-after')).toBe('1');
});
