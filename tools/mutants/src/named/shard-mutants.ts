import type { NamedMutant } from '../named-mutant.ts';

const api = ['apps/api/test/shards.test.ts'];

export const shardMutants: readonly NamedMutant[] = [
  {
    name: 'address-of-before-the-split-is-free',
    file: 'packages/sign-ups/src/shards/before-split.ts',
    from: 'hasUsers ? first.findIdByEmail(email) : undefined',
    to: 'undefined',
    tests: api,
  },
  {
    name: 'mailbox-counted-in-each-shard',
    file: 'packages/sign-ups/src/shards/buckets.ts',
    from: 'hash(mailboxOf(email))',
    to: 'hash(email)',
    tests: ['packages/sign-ups/test/sharded-stores.test.ts'],
  },
  {
    name: 'list-without-the-shard-that-is-away',
    file: 'packages/sign-ups/src/shards/merge-sorted.ts',
    from: 'heads.map((head) => head.fill())',
    to: 'heads.map((head) => head.fill().catch(() => {}))',
    tests: api,
  },
  {
    name: 'rate-of-each-shard',
    file: 'apps/worker/src/share-limits.ts',
    from: 'const part = max / shards;',
    to: 'const part = max;',
    tests: ['apps/worker/test/share-limits.unit.test.ts'],
  },
  {
    name: 'shards-without-a-secret',
    file: 'packages/runtime/src/process-environment.ts',
    from: 'values.shards > 1 && values.hashSecret === noSecret',
    to: 'false',
    tests: ['packages/runtime/test/shards-need-a-secret.unit.test.ts'],
  },
];
