import type { WriteProbe } from '@backend-jobs/redis';
import type { FastifyPluginAsync } from 'fastify';
import { Problem } from '../problems/problem.ts';

interface HealthOptions {
  canWrite: WriteProbe;
  takesWrites: (() => Promise<void>) | undefined;
  isDraining: () => boolean;
}

/**
 * `GET /livez`: this process runs. `GET /readyz`: it can accept sign-ups, because Redis, and the database if there is one,
 * take writes, and the process is not about to stop.
 */
export const healthRoutes: FastifyPluginAsync<HealthOptions> = async (
  app,
  { canWrite, takesWrites, isDraining },
) => {
  const options = { schema: { hide: true }, logLevel: 'silent' } as const;
  app.get('/livez', options, async () => ({ status: 'alive' }));
  app.get('/readyz', options, async () => {
    if (isDraining()) throw new Problem('unavailable', 'The server is shutting down');
    try {
      await canWrite();
    } catch (cause) {
      throw new Problem('unavailable', 'Redis does not take writes', { cause });
    }
    try {
      await takesWrites?.();
    } catch (cause) {
      throw new Problem('unavailable', 'The database does not take writes', { cause });
    }
    return { status: 'ready' };
  });
};
