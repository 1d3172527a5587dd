import { type Redis, ReplyError } from 'ioredis';

/** What makes a Redis lose what it has acknowledged, in the words by which `REDIS_ALLOW` accepts it. */
export const durabilityFaults = ['eviction', 'no-persistence'] as const;
export type DurabilityFault = (typeof durabilityFaults)[number];

interface Durability {
  faults: DurabilityFault[];
  /** What an operator should know besides, a sentence each. */
  remarks: string[];
}

const sentences: Record<DurabilityFault, string> = {
  eviction: 'This Redis evicts keys when it is full, jobs and users too: set maxmemory-policy to noeviction',
  'no-persistence': 'This Redis keeps nothing on disk: set appendonly to yes',
};

/**
 * Asks Redis whether it keeps what it is given. A managed one may refuse the question (`CONFIG`): then there are no
 * faults, and a remark.
 */
const readDurability = async (connection: Redis): Promise<Durability> => {
  const read = async (name: string) => ((await connection.config('GET', name)) as string[])[1];
  try {
    const policy = await read('maxmemory-policy');
    const appends = (await read('appendonly')) === 'yes';
    const snapshots = (await read('save')) !== '';
    const faults: DurabilityFault[] = [];
    if (policy !== 'noeviction') faults.push('eviction');
    if (!appends && !snapshots) faults.push('no-persistence');
    const remarks =
      !appends && snapshots ? ['This Redis keeps snapshots alone: a crash loses the minutes since'] : [];
    return { faults, remarks: [...faults.map((fault) => sentences[fault]), ...remarks] };
  } catch (error) {
    // The connection broke: it is asked again when it is back.
    if (!(error instanceof ReplyError)) return { faults: [], remarks: [] };
    return {
      faults: [],
      remarks: ['This Redis does not tell whether it evicts or persists: make sure of it'],
    };
  }
};

/** Redis would lose what it has acknowledged, and nobody has allowed it to. */
class UndurableRedis extends Error {
  override name = 'UndurableRedis';
}

/**
 * Warns of a Redis that can lose a sign-up. Ask it whenever Redis is back: it may be another one.
 *
 * @throws {UndurableRedis} in production, unless each fault is `allowed`
 */
export const requireDurability = async (
  connection: Redis,
  options: { production: boolean; allowed: readonly DurabilityFault[]; warn: (remark: string) => void },
): Promise<void> => {
  const { faults, remarks } = await readDurability(connection);
  for (const remark of remarks) options.warn(remark);
  const refused = faults.filter((fault) => !options.allowed.includes(fault));
  if (options.production && refused.length > 0) {
    throw new UndurableRedis(`Mend this Redis, or allow it: REDIS_ALLOW=${faults.join(',')}`);
  }
};
