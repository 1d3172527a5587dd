import { type Redis, ReplyError } from 'ioredis';

/** What makes a Redis lose writes that it has acknowledged, and how it is put right. */
export const durabilityFaults = {
  eviction: 'Redis evicts keys when it is full, jobs and users too: set maxmemory-policy to noeviction',
  'no-persistence': 'Redis keeps nothing on disk: set appendonly to yes',
} as const;
export type DurabilityFault = keyof typeof durabilityFaults;

interface Durability {
  faults: DurabilityFault[];
  /** What an operator should know, one sentence each. */
  remarks: string[];
}

/**
 * Asks Redis whether it keeps what it is given. A managed Redis may refuse the question (`CONFIG`): then there are no
 * faults, but a remark.
 */
export const readDurability = async (connection: Redis): Promise<Durability> => {
  const read = async (name: string) => ((await connection.config('GET', name)) as string[])[1];
  try {
    const policy = await read('maxmemory-policy');
    const appends = (await read('appendonly')) === 'yes';
    const snapshots = (await read('save')) !== '';
    const faults: DurabilityFault[] = [];
    if (policy !== 'noeviction') faults.push('eviction');
    if (!appends && !snapshots) faults.push('no-persistence');
    const remarks: string[] = faults.map((fault) => durabilityFaults[fault]);
    if (!appends && snapshots)
      remarks.push('Redis only writes snapshots: a crash loses the minutes since the last');
    return { faults, remarks };
  } catch (error) {
    // The connection broke: it is asked again when it is back.
    if (!(error instanceof ReplyError)) return { faults: [], remarks: [] };
    return {
      faults: [],
      remarks: [
        'Redis does not say whether it evicts keys or writes to disk (CONFIG GET is refused): check it',
      ],
    };
  }
};

/** Redis would lose writes that it has acknowledged, and `REDIS_ALLOW` does not allow it. */
class UndurableRedisError extends Error {
  override name = 'UndurableRedisError';
}

/**
 * Warns about a Redis that can lose a sign-up. Call it for each new connection, since it may be another Redis.
 *
 * @throws {UndurableRedisError} in production, unless each fault is `allowed`
 */
export const requireDurability = async (
  connection: Redis,
  options: { production: boolean; allowed: readonly DurabilityFault[]; warn: (remark: string) => void },
): Promise<void> => {
  const { faults, remarks } = await readDurability(connection);
  for (const remark of remarks) options.warn(remark);
  const refused = faults.filter((fault) => !options.allowed.includes(fault));
  if (options.production && refused.length > 0) {
    throw new UndurableRedisError(
      `Change the settings of Redis, or accept the loss: REDIS_ALLOW=${faults.join(',')}`,
    );
  }
};
