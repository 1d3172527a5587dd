import { readClockRemark } from './clock.ts';
import { type DurabilityFault, requireDurability } from './durability.ts';
import type { ReplicaFence } from './replica-fence.ts';
import { reportOutages } from './report-outages.ts';
import type { Shard } from './shards/open-shards.ts';
import type { Shards } from './shards/shards.ts';
import { createWriteProbe, type WriteProbe } from './write-probe.ts';

interface Log {
  info(facts: object, message: string): void;
  warn(message: string): void;
  error(facts: object, message: string): void;
}

/** What is known of Redis, or of a part of it. */
export interface RedisWatch {
  isAway(): boolean;
  /** Rejects when no shard takes a write. */
  canWrite: WriteProbe;
}

/**
 * Logs when a shard is away and when it is back, and checks whenever there is a connection whether its Redis keeps what it
 * is given, and has the same clock. In production a Redis that loses data, unless that is `allowed`, is an unhandled
 * rejection: it ends the process in order, with exit code 1. Returns for each shard whether it is away at the moment, and
 * for all of them whether any is.
 */
export const watchRedis = (
  shards: Shards<Shard>,
  {
    logger,
    production,
    allowed,
    fences,
  }: {
    logger: Log;
    production: boolean;
    allowed: readonly DurabilityFault[];
    /** Where a write counts only when the replicas have it. */
    fences?: Shards<ReplicaFence> | undefined;
  },
): RedisWatch & { shards: Shards<RedisWatch> } => {
  const warned = new Set<string>();
  const warnOnce = (remark: string) => {
    if (!warned.has(remark)) logger.warn(remark);
    warned.add(remark);
  };

  const watched = shards.map(({ name, keyPrefix, connection }, place) => {
    const shard = name && { shard: name };
    const canWrite = createWriteProbe(connection, keyPrefix, fences?.all[place]);
    const outages = reportOutages(connection, {
      canWrite,
      away: (reason) => logger.error({ reason, ...shard }, 'Redis is away'),
      back: () => logger.info({ ...shard }, 'Redis is back'),
    });
    connection.on('ready', async () => {
      const remark = await readClockRemark(connection).catch(() => undefined); // Redis is away again, or refuses TIME
      if (remark) warnOnce(remark);
      await requireDurability(connection, { production, allowed, warn: warnOnce });
    });
    return { isAway: outages.isAway, canWrite };
  });

  return {
    isAway: () => watched.all.some(({ isAway }) => isAway()),
    canWrite: () => Promise.any(watched.all.map(({ canWrite }) => canWrite())),
    shards: watched,
  };
};
