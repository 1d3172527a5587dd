import type { WriteProbe } from '@backend-jobs/redis';
import type { FastifyPluginAsync } from 'fastify';
import { Problem } from '../problems/problem.ts';

interface HealthOptions {
  canWrite: WriteProbe;
  isDraining: () => boolean;
}

/**
 * `GET /livez`: this process runs. `GET /readyz`: it can accept sign-ups, because Redis takes writes and the process is not
 * about to stop.
 */
export const healthRoutes: FastifyPluginAsync<HealthOptions> = async (app, { canWrite, isDraining }) => {
  const options = { schema: { hide: true }, logLevel: 'silent' } as const;
  app.get('/livez', options, async () => ({ status: 'alive' }));
  app.get('/readyz', options, async () => {
    if (isDraining()) throw new Problem('unavailable', 'The server is shutting down');
    try {
      await canWrite();
    } catch (cause) {
      throw new Problem('unavailable', 'Redis does not take writes', { cause });
    }
    return { status: 'ready' };
  });
};
