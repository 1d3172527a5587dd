import slotOf from 'cluster-key-slot';
import { describe, expect, test } from 'vitest';
import { bucketOfHash, Shards, shardKeyPrefixes } from '../src/index.ts';

const slots = 16_384;

/** How many of 16 shards each of so many masters has, when they share the slots as `redis-cli --cluster create` has it. */
const spread = (keyPrefix: string, masters: number): number[] => {
  const counts = Array.from({ length: masters }, () => 0);
  for (const prefix of shardKeyPrefixes(keyPrefix, 16)) {
    const master = Math.floor((slotOf(`${prefix}:users`) * masters) / slots);
    counts[master] = (counts[master] ?? 0) + 1;
  }
  return counts.sort((a, b) => b - a);
};

const deployments = ['{backend-jobs}', '{a}', '{sign-ups of staging}', '{x}:y', '{ünïcode}'];

describe('the key prefixes of 16 shards', () => {
  test('are shared evenly by 1, 2, 4, 8 and 16 masters, and by three as 6, 5 and 5', () => {
    for (const keyPrefix of deployments) {
      for (const masters of [1, 2, 4, 8, 16])
        expect(spread(keyPrefix, masters)).toEqual(Array.from({ length: masters }, () => 16 / masters));
      expect(spread(keyPrefix, 3)).toEqual([6, 5, 5]);
    }
  });

  test('begin with that of the deployment, and are always the same', () => {
    const prefixes = shardKeyPrefixes('{backend-jobs}', 16);
    expect(prefixes[0]).toBe('{backend-jobs}');
    expect(new Set(prefixes).size).toBe(16);
    // What is in Redis is found by these names: another choice would lose it.
    expect(prefixes.slice(1, 4)).toEqual(['{backend-jobs:163}', '{backend-jobs:44}', '{backend-jobs:14}']);
  });
});

test('one shard has the key prefix of the deployment', () => {
  expect(shardKeyPrefixes('{a}', 1)).toEqual(['{a}']);
});

describe('an id leads to', () => {
  const shards = new Shards(Array.from({ length: 16 }, (_, place) => place));

  test('the shard of its last 12 bits, of which each shard has as many', () => {
    const idOf = (bucket: number) =>
      `019bfa3e-6b1e-8c3a-9d55-2f1b6a9c4${bucket.toString(16).padStart(3, '0')}`;
    const led = Array.from({ length: 4_096 }, (_, bucket) => shards.of(idOf(bucket)));
    expect(led).toEqual([...led].sort((a, b) => a - b));
    for (const shard of shards.all) expect(led.filter((other) => other === shard)).toHaveLength(256);
  });

  test('the first shard, if it is a UUIDv7 of the time before the others', () => {
    expect(shards.of('019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4fff')).toBe(0);
  });

  test('the only shard, where there is one', () => {
    expect(new Shards(['only']).of('019bfa3e-6b1e-8c3a-9d55-2f1b6a9c4fff')).toBe('only');
  });
});

test('the bucket of a hash is its first 12 bits', () => {
  expect(bucketOfHash(Buffer.from('abcdef', 'hex').toString('base64url'))).toBe(0xabc);
});
