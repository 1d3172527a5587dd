import { expect, test } from 'vitest';
import { processVariables, readEnvironment } from '../src/index.ts';

const { shards } = processVariables;
const read = (environment: Record<string, string>) => readEnvironment({ shards }, environment).shards;

test('there is one shard by default, and it needs no secret in development', () => {
  expect(read({})).toBe(1);
});

test('16 shards need a secret, in development too', () => {
  expect(() => read({ SHARDS: '16' })).toThrow('HASH_SECRET is missing');
  expect(read({ SHARDS: '16', HASH_SECRET: 'of-this-test' })).toBe(16);
});

test.for(['0', '2', '12', '64', 'many'])('%s shards are none that could be', (count) => {
  expect(() => read({ SHARDS: count, HASH_SECRET: 'of-this-test' })).toThrow('SHARDS must be');
});
