import { startTestRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requireDurability } from '../src/index.ts';

let server: Awaited<ReturnType<typeof startTestRedis>>;
let connection: Redis;
let remarks: string[];

const require = (production: boolean, allowed: ('eviction' | 'no-persistence')[] = []) =>
  requireDurability(connection, { production, allowed, warn: (remark) => remarks.push(remark) });

beforeAll(async () => {
  server = await startTestRedis();
  connection = new Redis(server.url);
});
afterAll(async () => {
  connection.disconnect();
  await server.stop();
});
beforeEach(async () => {
  remarks = [];
  await connection.config('SET', 'maxmemory-policy', 'noeviction');
  await connection.config('SET', 'appendonly', 'yes');
  await connection.config('SET', 'save', '');
});

describe('a Redis that keeps what it is given', () => {
  test('is taken without a word', async () => {
    await require(true);
    expect(remarks).toEqual([]);
  });
});

describe.for([
  ['eviction', 'maxmemory-policy', 'allkeys-lru', /evicts/],
  ['no-persistence', 'appendonly', 'no', /nothing on disk/],
] as const)('a Redis with %s', ([fault, name, value, words]) => {
  beforeEach(() => connection.config('SET', name, value));

  test('is warned of in development', async () => {
    await require(false);
    expect(remarks).toEqual([expect.stringMatching(words)]);
  });

  test('is refused in production, unless it is allowed by name', async () => {
    await expect(require(true)).rejects.toThrow(`REDIS_ALLOW=${fault}`);
    await expect(require(true, [fault])).resolves.toBeUndefined();
  });
});

test('a Redis that only writes snapshots is remarked on, and taken', async () => {
  await connection.config('SET', 'appendonly', 'no');
  await connection.config('SET', 'save', '60 1');
  await require(true);
  expect(remarks).toEqual([expect.stringMatching(/only writes snapshots/)]);
});

test('a Redis that does not say is remarked on, and taken', async () => {
  await connection.call('ACL', 'SETUSER', 'managed', 'on', 'nopass', '~*', '+@all', '-config');
  const managed = new Redis(server.url, { username: 'managed', password: 'any' });
  await requireDurability(managed, { production: true, allowed: [], warn: (remark) => remarks.push(remark) });
  managed.disconnect();
  expect(remarks).toEqual([expect.stringMatching(/does not say/)]);
});
