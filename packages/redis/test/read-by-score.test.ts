import { openTestRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readByScore } from '../src/index.ts';

let redis: Awaited<ReturnType<typeof openTestRedis>>;
let connection: Redis;

beforeAll(async () => {
  redis = await openTestRedis();
  connection = new Redis(redis.url);
});
afterAll(async () => {
  connection.disconnect();
  await redis.stop();
});

const fill = async (name: string, scores: number[]): Promise<string> => {
  const key = `${redis.prefix}:${name}`;
  await connection.zadd(key, ...scores.flatMap((score, index) => [score, `m${index}`]));
  return key;
};

const read = async (key: string, span = {}) =>
  (await Array.fromAsync(readByScore(connection, key, span))).flat().map(({ member }) => member);

test('returns each member once, the lowest score first, however many share one', async () => {
  const scores = Array.from({ length: 5_500 }, (_, index) => (index < 3_200 ? 7 : index));
  const members = await read(await fill('tied', scores));
  expect(members).toHaveLength(5_500);
  expect(new Set(members).size).toBe(5_500);
  expect(members.slice(3_200)).toEqual(Array.from({ length: 2_300 }, (_, index) => `m${3_200 + index}`));
});

test('returns the members of a span, both ends included', async () => {
  const key = await fill('span', [1, 2, 3, 4]);
  expect(await read(key, { from: 2, to: 3 })).toEqual(['m1', 'm2']);
  expect(await read(key, { to: 0 })).toEqual([]);
  expect(await read(`${key}:none`)).toEqual([]);
});

test('misses nobody who is there throughout while others go', async () => {
  const key = await fill(
    'going',
    Array.from({ length: 4_000 }, (_, index) => Math.floor(index / 3)),
  );
  const seen: string[] = [];
  for await (const page of readByScore(connection, key)) {
    seen.push(...page.map(({ member }) => member));
    const gone = page.filter((_, index) => index % 2 === 0).map(({ member }) => member);
    await connection.zrem(key, ...gone);
  }
  expect(seen).toHaveLength(4_000);
});
