import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { test as base } from './support/own-redis.ts';

const traces = /zerubbabel|quillfeather/i;
const person = (tag: string) => ({
  name: 'Zerubbabel Quillfeather',
  email: `zerubbabel.${tag.toLowerCase()}@quillfeather-canary.example`,
});

/** Somebody with all rights, who is asked for nothing else. */
const test = base.extend('operator', { scope: 'file' }, async ({ redis }, { onCleanup }) => {
  const operator = new Redis(redis.url);
  onCleanup(() => operator.disconnect());
  await operator.call('ACL', 'SETUSER', 'operator', 'on', '>operator', '~*', '&*', '+@all');
  await operator.auth('operator', 'operator');
  return operator;
});

interface Refusal {
  begin(operator: Redis, dataDir: string): Promise<unknown>;
  end(operator: Redis, dataDir: string): Promise<unknown>;
  /** What the worker logs that may not make the user. */
  workerLogs?: RegExp;
}

/** A setting that makes Redis refuse, and the one that makes it serve again. */
const setting = (name: string, refuses: string, serves: string): Refusal => ({
  begin: (operator) => operator.config('SET', name, refuses),
  end: (operator) => operator.config('SET', name, serves),
});

const refusals: Record<string, Refusal> = {
  OOM: setting('maxmemory', '1mb', '0'),
  NOREPLICAS: setting('min-replicas-to-write', '1', '0'),
  NOPERM: {
    begin: (operator) => {
      const keys = ['users', 'emails', 'maintenance', 'limit'].map((kind) => `~{backend-jobs}:${kind}:*`);
      return operator.call('ACL', 'SETUSER', 'default', 'resetkeys', ...keys);
    },
    end: (operator) => operator.call('ACL', 'SETUSER', 'default', 'allkeys'),
    workerLogs: /"process":"worker".*NOPERM.*"job will be tried again"/,
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
      await expect.poll(() => operator.info('persistence')).toContain('rdb_last_bgsave_status:err');
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
      await expect.poll(() => operator.ping().catch(String)).toMatch(/BUSY/);
    },
    end: (operator) => operator.script('KILL'),
  },
};

test.for(Object.entries(refusals))(
  'while Redis refuses with %s, no log line has anything of the person, and none has a stack',
  { timeout: 30_000 },
  async ([reply, { begin, end, workerLogs = /./ }], { world, redis, operator }) => {
    const before = world.log.length;
    const log = () => world.log.slice(before);
    await world.operate('PUT', '/queues/users/pause');
    const id = await world.signUp(person(`${reply}.waits`).email, person(`${reply}.waits`));
    await begin(operator, redis.dataDir);
    try {
      // Redis may refuse this, too. Where it does not, the worker is refused the making of the user.
      await world.operate('PUT', '/queues/users/resume');
      await expect
        .poll(async () => (await world.post(person(`${reply}.refused`))).status, { timeout: 5_000 })
        .toBe(503);
      await expect
        .poll(log)
        .toMatch(new RegExp(`"reason":"[^"]*\\b${reply}\\b[^"]*","msg":"request refused"`));
      await expect.poll(log).toMatch(workerLogs);
    } finally {
      await end(operator, redis.dataDir);
    }
    await expect
      .poll(async () => (await world.operate('PUT', '/queues/users/resume')).status, { timeout: 10_000 })
      .toBe(200);
    await expect.poll(() => world.find(id), { timeout: 15_000 }).toMatchObject({ status: 'created' });
    expect(log()).not.toMatch(traces);
    expect(log()).not.toMatch(/\\n +at /);
  },
);
