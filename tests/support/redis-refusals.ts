import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { testRedisTopology } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect, vi } from 'vitest';
import { store } from './test-store.ts';

/** A connection of somebody who is never refused for want of rights. */
export const openOperator = async (url: string): Promise<Redis> => {
  const operator = new Redis(url);
  await operator.call('ACL', 'SETUSER', 'operator', 'on', '>operator', '~*', '&*', '+@all');
  await operator.auth('operator', 'operator');
  return operator;
};

/** By default vitest would wait for one second. */
const patience = { timeout: 20_000, interval: 50 };

/** One way in which Redis refuses: how it begins, and how it ends. */
export interface Refusal {
  begin(operator: Redis, dataDir: string): Promise<unknown>;
  end(operator: Redis, dataDir: string): Promise<unknown>;
}

/** A setting that makes Redis refuse, and the one that makes it serve again. */
const setting = (name: string, refuses: string, serves: string): Refusal => ({
  begin: (operator) => operator.config('SET', name, refuses),
  end: (operator) => operator.config('SET', name, serves),
});

/** Leaves a test out where the Redis of the tests can't be made to refuse in this way, or not for long. */
export const skipWhereImpossible = (
  reply: string,
  skip: (condition: boolean, note: string) => void,
): void => {
  skip(
    testRedisTopology() === 'cluster' && ['READONLY', 'MASTERDOWN'].includes(reply),
    'replies of a replica, since a cluster has no REPLICAOF: `npm run test:cluster` has masters that are demoted',
  );
  skip(
    testRedisTopology() === 'sentinel' && reply === 'BUSY',
    'a script without end, since a sentinel kills it after a second',
  );
};

/** What the service may still use: without the right to its records, or to anything where it has no records there. */
const permitted = store === 'redis' ? ['users', 'emails', 'maintenance', 'limit'] : [];

/** By the first word of the error. */
export const redisRefusals: Record<string, Refusal> = {
  OOM: setting('maxmemory', '1mb', '0'),
  NOREPLICAS: setting('min-replicas-to-write', '1', '0'),
  NOPERM: {
    begin: (operator) => {
      const keys = permitted.map((kind) => `~{*}:${kind}:*`);
      return operator.call('ACL', 'SETUSER', 'default', 'resetkeys', ...keys);
    },
    end: (operator) => operator.call('ACL', 'SETUSER', 'default', 'allkeys'),
  },
  READONLY: {
    begin: (operator) => operator.replicaof('127.0.0.1', '1'),
    end: (operator) => operator.replicaof('NO', 'ONE'),
  },
  MASTERDOWN: {
    begin: async (operator) => {
      await operator.config('SET', 'replica-serve-stale-data', 'no');
      await operator.replicaof('127.0.0.1', '1');
    },
    end: async (operator) => {
      await operator.replicaof('NO', 'ONE');
      await operator.config('SET', 'replica-serve-stale-data', 'yes');
    },
  },
  MISCONF: {
    begin: async (operator, dataDir) => {
      await mkdir(join(dataDir, 'dump.rdb', 'in-the-way'), { recursive: true });
      await operator.config('SET', 'save', '3600 1000000');
      await operator.bgsave();
      await vi.waitFor(
        async () => expect(await operator.info('persistence')).toContain('rdb_last_bgsave_status:err'),
        patience,
      );
    },
    end: async (operator, dataDir) => {
      await operator.config('SET', 'save', '');
      await rm(join(dataDir, 'dump.rdb'), { recursive: true });
    },
  },
  BUSY: {
    begin: async (operator) => {
      await operator.config('SET', 'lua-time-limit', '1');
      const endless = operator.duplicate({ maxRetriesPerRequest: 0 });
      endless.eval('while true do end', 0).catch(() => endless.disconnect());
      await vi.waitFor(async () => expect(await operator.ping().catch(String)).toMatch(/BUSY/), patience);
    },
    end: (operator) => operator.script('KILL'),
  },
};
