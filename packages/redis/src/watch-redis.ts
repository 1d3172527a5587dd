import type { Redis } from 'ioredis';
import { readClockRemark } from './clock.ts';
import { type DurabilityFault, requireDurability } from './durability.ts';
import { reportOutages } from './report-outages.ts';
import type { WriteProbe } from './write-probe.ts';

interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(facts: object, message: string): void;
}

/**
 * Logs when Redis is away and when it is back, and checks whenever there is a connection whether it keeps what it is
 * given, and has the same clock. In production a Redis that loses data, unless that is `allowed`, is an unhandled
 * rejection: it ends the process in order, with exit code 1. Returns whether Redis is away at the moment.
 */
export const watchRedis = (
  connection: Redis,
  {
    logger,
    production,
    allowed,
    canWrite,
  }: { logger: Log; production: boolean; allowed: readonly DurabilityFault[]; canWrite: WriteProbe },
): { isAway: () => boolean } => {
  const warned = new Set<string>();
  const warnOnce = (remark: string) => {
    if (!warned.has(remark)) logger.warn(remark);
    warned.add(remark);
  };
  const outages = reportOutages(connection, {
    canWrite,
    away: (reason) => logger.error({ reason }, 'Redis is away'),
    back: () => logger.info('Redis is back'),
  });
  connection.on('ready', async () => {
    const remark = await readClockRemark(connection).catch(() => undefined); // Redis is away again, or refuses TIME
    if (remark) warnOnce(remark);
    await requireDurability(connection, { production, allowed, warn: warnOnce });
  });
  return outages;
};
