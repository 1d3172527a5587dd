import type { Redis } from 'ioredis';
import { tellOutages } from './connection.ts';
import { type DurabilityFault, requireDurability } from './durability.ts';

interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(facts: object, message: string): void;
}

/**
 * Logs when Redis is away and when it is back, and looks each time whether it keeps what it is given. In production one
 * that does not, unless that is `allowed`, is a rejection that nobody handles: it ends the process in order, with exit
 * code 1.
 */
export const watchRedis = (
  connection: Redis,
  { logger, production, allowed }: { logger: Log; production: boolean; allowed: readonly DurabilityFault[] },
): void => {
  tellOutages(connection, {
    away: (reason) => logger.error({ reason }, 'Redis is away'),
    back: () => logger.info('Redis is back'),
  });
  connection.on('ready', () =>
    requireDurability(connection, { production, allowed, warn: (remark) => logger.warn(remark) }),
  );
};
