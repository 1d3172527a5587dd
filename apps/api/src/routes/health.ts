import type { FastifyPluginAsync } from 'fastify';
import type { Redis } from 'ioredis';
import { Problem } from '../problems/problem.ts';

interface HealthOptions {
  connection: Redis;
  isDraining: () => boolean;
}

/**
 * `GET /livez`: this process runs. `GET /readyz`: it can accept sign-ups, because Redis responds and the process is not
 * about to stop.
 */
export const healthRoutes: FastifyPluginAsync<HealthOptions> = async (app, { connection, isDraining }) => {
  const options = { schema: { hide: true }, logLevel: 'silent' } as const;
  app.get('/livez', options, async () => ({ status: 'alive' }));
  app.get('/readyz', options, async () => {
    if (isDraining()) throw new Problem('unavailable', 'The server is shutting down');
    try {
      await connection.ping();
    } catch (cause) {
      throw new Problem('unavailable', 'Redis is not responding', { cause });
    }
    return { status: 'ready' };
  });
};
