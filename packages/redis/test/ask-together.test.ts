import { once } from 'node:events';
import { startTestRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askOnce, connectProducer, createReader, parseRedisUrl } from '../src/index.ts';

let redis: Awaited<ReturnType<typeof startTestRedis>>;
let producer: Redis;
let operator: Redis;

beforeAll(async () => {
  redis = await startTestRedis();
  operator = new Redis(redis.url);
  producer = connectProducer(parseRedisUrl(redis.serviceUrl), { name: 'test', keyPrefix: '{x}' });
  await once(producer, 'ready');
});
afterAll(async () => {
  producer.disconnect();
  operator.disconnect();
  await redis.stop();
});

test('keys that are asked for in one turn are read at once, for each who asked', async () => {
  await operator.mset('{x}a', '1', '{x}b', '2');
  await operator.config('RESETSTAT');
  const read = createReader(producer);
  const answers = await Promise.all([read(['{x}a', '{x}none']), read(['{x}b', '{x}a']), read(['{x}a'])]);
  expect(answers).toEqual([['1', null], ['2', '1'], ['1']]);
  expect(await read(['{x}a'])).toEqual(['1']);
  expect(await operator.info('commandstats')).toMatch(/^cmdstat_mget:calls=2,/m);
  expect(await operator.info('commandstats')).not.toContain('cmdstat_get:');
});

test('who asks the same in one turn shares one answer, and the next turn asks anew', async () => {
  await operator.mset('{x}once', '1');
  await operator.config('RESETSTAT');
  const ask = askOnce(producer, () => producer.get('{x}once'));
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(['1', '1', '1']);
  await operator.mset('{x}once', '2');
  expect(await ask()).toBe('2');
  expect(await operator.info('commandstats')).toMatch(/^cmdstat_get:calls=2,/m);
});

test('what is read leaves with what was sent before in that turn', async () => {
  const read = createReader(producer);
  const set = producer.set('{x}c', '3');
  const answer = read(['{x}c']);
  await new Promise(setImmediate);
  expect(producer.stream.writableLength).toBe(0);
  expect(producer.stream.bytesWritten).toBeGreaterThan(0);
  await set;
  expect(await answer).toEqual(['3']);
});

test('the first commands of a turn leave while it goes on, when it has many', async () => {
  const written = producer.stream.bytesWritten;
  const answers = Array.from({ length: 15 }, () => producer.ping());
  expect(producer.stream.bytesWritten - producer.stream.writableLength).toBe(written);
  answers.push(producer.ping());
  expect(producer.stream.writableLength).toBe(0);
  expect(producer.stream.bytesWritten).toBeGreaterThan(written);
  answers.push(producer.ping());
  expect(producer.stream.writableLength).toBeGreaterThan(0);
  expect(await Promise.all(answers)).toEqual(answers.map(() => 'PONG'));
});

test('each of those who asked is told when Redis refuses, or is away', async () => {
  const read = createReader(producer);
  await operator.call('ACL', 'SETUSER', 'default', 'resetkeys', '~{x}a');
  for (const answer of await Promise.allSettled([read(['{x}a']), read(['{x}b'])]))
    expect(answer).toMatchObject({ reason: { message: expect.stringContaining('NOPERM') } });
  await operator.call('ACL', 'SETUSER', 'default', 'allkeys');
  expect(await read(['{x}a'])).toEqual(['1']);
  producer.disconnect();
  const answers = await Promise.allSettled([read(['{x}a']), read(['{x}b'])]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
