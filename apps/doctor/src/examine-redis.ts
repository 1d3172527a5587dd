import { once } from 'node:events';
import { createWriteProbe, readClockRemark, readDurability, readInfo } from '@backend-jobs/redis';
import type { Redis } from 'ioredis';
import { examineChannels } from './examine-channels.ts';
import { type Finding, failureOf } from './report.ts';

const connectWithinMs = 5_000;
/** From here on an operator should give Redis more memory. */
const fullShare = 0.8;

/** Waits for the connection. Returns why there is none. */
export const waitUntilReady = async (connection: Redis): Promise<unknown> => {
  if (connection.status === 'ready') return undefined;
  try {
    await once(connection, 'ready', { signal: AbortSignal.timeout(connectWithinMs) });
    return undefined;
  } catch (error) {
    return error;
  }
};

/**
 * Whether Redis can be used, and keeps what it is given. It ends with the first finding without which the others mean
 * nothing, and returns whether there was none.
 *
 * @param failure why there is no connection, from `waitUntilReady`
 */
export async function* examineRedis(
  connection: Redis,
  keyPrefix: string,
  failure: unknown,
): AsyncGenerator<Finding, boolean> {
  if (failure) {
    yield failureOf(
      'Redis',
      failure,
      'Start Redis, or correct REDIS_URL: name, port, user, password, database.',
    );
    return false;
  }
  const info = await readInfo(connection);
  yield {
    step: 'Redis',
    found: `${info.server_name ?? 'redis'} ${info.valkey_version ?? info.redis_version}, ${info.role}`,
  };
  try {
    await createWriteProbe(connection, keyPrefix)();
    yield { step: 'writes', found: 'Redis takes them' };
  } catch (error) {
    yield failureOf('writes', error, 'See "POST /users returns 503" in docs/troubleshooting.md.');
    return false;
  }
  try {
    await connection.eval('return 1', 0);
    yield { step: 'rights', found: 'scripts may run' };
  } catch (error) {
    yield failureOf('rights', error, 'Give the user the rights of docs/redis.md.');
    return false;
  }
  yield await examineChannels(connection, keyPrefix);
  yield* examineDurability(connection, info);
  yield memoryOf(info);
  const remark = await readClockRemark(connection);
  yield remark
    ? {
        step: 'clock',
        failed: remark,
        advice: 'Set the clock of this machine, or of the one with Redis (NTP).',
      }
    : { step: 'clock', found: 'as that of Redis' };
  return true;
}

async function* examineDurability(connection: Redis, info: Record<string, string>): AsyncGenerator<Finding> {
  const { faults, remarks } = await readDurability(connection);
  const found =
    remarks.length > 0 ? remarks.join('; ') : 'nothing is evicted, and everything is written to disk';
  yield faults.length > 0
    ? { step: 'durability', failed: found, advice: 'Change the settings of Redis (docs/redis.md).' }
    : { step: 'durability', found };
  if (info.aof_last_write_status === 'err' || info.rdb_last_bgsave_status === 'err')
    yield {
      step: 'disk',
      failed: 'Redis could not write its file',
      advice: 'Look into the log of Redis: the disk may be full.',
    };
}

const memoryOf = ({ used_memory: used, maxmemory: max }: Record<string, string>): Finding => {
  const [usedMiB, maxMiB] = [Number(used), Number(max)].map((bytes) => Math.ceil(bytes / 1024 / 1024)) as [
    number,
    number,
  ];
  if (maxMiB === 0) return { step: 'memory', found: `${usedMiB} MiB used; maxmemory is not set` };
  const found = `${usedMiB} of ${maxMiB} MiB used`;
  return usedMiB < fullShare * maxMiB
    ? { step: 'memory', found }
    : {
        step: 'memory',
        failed: found,
        advice: 'Give Redis more memory: when it is full, sign-ups are refused.',
      };
};
