import type { Redis } from 'ioredis';
import { type DurabilityFault, requireDurability } from './durability.ts';
import { reportOutages } from './outages.ts';

interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(facts: object, message: string): void;
}

/**
 * Logs when Redis is away and when it is back, and checks each time whether it keeps what it is given. In production a
 * Redis that does not, unless that is `allowed`, is an unhandled rejection: it ends the process in order, with exit
 * code 1.
 */
export const watchRedis = (
  connection: Redis,
  { logger, production, allowed }: { logger: Log; production: boolean; allowed: readonly DurabilityFault[] },
): void => {
  reportOutages(connection, {
    away: (reason) => logger.error({ reason }, 'Redis is away'),
    back: () => logger.info('Redis is back'),
  });
  connection.on('ready', () =>
    requireDurability(connection, { production, allowed, warn: (remark) => logger.warn(remark) }),
  );
};
