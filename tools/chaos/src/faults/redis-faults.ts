import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { RedisPart } from '../redis-part.ts';
import type { Fault } from './fault.ts';

/** Redis answers, and refuses. */
const refusing = (
  change: (operator: Redis) => Promise<unknown>,
  undo: (operator: Redis) => Promise<unknown>,
): Fault<RedisPart> => ({
  lastsMs: [500, 8_000],
  appearance: 'refusing',
  mayCopy: true,
  recoversFrom: 'end',
  start: async ({ operator }) => {
    await change(operator);
  },
  repair: async ({ operator }) => {
    await undo(operator);
  },
});

const setting = (name: string, refuses: string, serves: string): Fault<RedisPart> =>
  refusing(
    (operator) => operator.config('SET', name, refuses),
    (operator) => operator.config('SET', name, serves),
  );

/** It happens in a moment, and nothing has to be repaired. */
const losing = (lose: (operator: Redis) => Promise<unknown>): Fault<RedisPart> => ({
  ...refusing(lose, async () => {}),
  lastsMs: [0, 0],
  appearance: 'gone',
});

/** Removes jobs that wait or are delayed, with all trace of them. KEYS: the list and the set. ARGV: what their keys begin with. */
const removeJobs = `
  for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, 4)) do
    redis.call('LREM', KEYS[1], 1, id)
    redis.call('DEL', ARGV[1] .. id)
  end
  for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, 4)) do
    redis.call('ZREM', KEYS[2], id)
    redis.call('DEL', ARGV[1] .. id)
  end`;

/** Of each shard that this server has. */
const removeEmails = async (operator: Redis): Promise<void> => {
  for (const meta of await operator.keys('*:emails:meta')) {
    const emails = meta.slice(0, -'meta'.length);
    await operator.eval(removeJobs, 2, `${emails}wait`, `${emails}delayed`, emails);
  }
};

const killed: Fault<RedisPart> = {
  lastsMs: [0, 2_000],
  appearance: 'gone',
  mayCopy: true,
  recoversFrom: 'end',
  // The wires refuse connections, as the killed Redis would. Else they would accept and drop them.
  start: async ({ server, wires }) => {
    await Promise.all([server.kill(), ...wires.map((wire) => wire.stop())]);
  },
  repair: async ({ server, wires }) => {
    await server.restart();
    await Promise.all(wires.map((wire) => wire.restart()));
  },
};

export const redisFaults: Record<string, Fault<RedisPart>> = {
  killed,
  frozen: {
    lastsMs: [500, 10_000],
    appearance: 'silent',
    mayCopy: true,
    recoversFrom: 'end',
    start: ({ server }) => server.freeze(),
    repair: ({ server }) => server.thaw(),
  },
  full: setting('maxmemory', '1mb', '0'),
  'without replicas': setting('min-replicas-to-write', '1', '0'),
  'read-only': refusing(
    (operator) => operator.replicaof('127.0.0.1', '1'),
    (operator) => operator.replicaof('NO', 'ONE'),
  ),
  'busy with a script': refusing(
    async (operator) => {
      await operator.config('SET', 'lua-time-limit', '50');
      const endless = operator.duplicate({ maxRetriesPerRequest: 0 });
      endless.on('error', () => {});
      endless.eval('while true do end', 0).catch(() => endless.disconnect());
    },
    (operator) => operator.script('KILL'),
  ),
  'scripts lost': losing((operator) => operator.script('FLUSH')),
  // The reconciler adds them again.
  'jobs of emails lost': losing(removeEmails),
  'replaced by another, with its connections open': {
    lastsMs: [500, 5_000],
    appearance: 'refusing',
    mayCopy: true,
    recoversFrom: 'end',
    start: (part) => part.failOver(),
    repair: (part) => part.endFailover(),
  },
};

/** What only a Redis may do that is nothing but a queue, since the sign-ups are in PostgreSQL. */
export const lossesOfRedis: Record<string, Fault<RedisPart>> = {
  emptied: losing((operator) => operator.flushall()),
  'volume deleted': {
    ...killed,
    repair: async (part) => {
      await rm(join(part.server.dataDir, 'appendonlydir'), { recursive: true });
      await killed.repair(part);
    },
  },
};
