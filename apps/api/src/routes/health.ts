import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Redis } from 'ioredis';
import { Problem } from '../problem.ts';

interface HealthOptions {
  connection: Redis;
  isDraining: () => boolean;
}

/** `/livez`: this process runs. `/readyz`: it can accept a sign-up, since Redis answers, and will go on to. */
export const healthRoutes: FastifyPluginAsyncTypebox<HealthOptions> = async (app, options) => {
  const { connection, isDraining } = options;
  const schema = { hide: true };
  app.get('/livez', { schema, logLevel: 'silent' }, async () => ({ status: 'alive' }));
  app.get('/readyz', { schema, logLevel: 'silent' }, async () => {
    if (isDraining()) throw new Problem('unavailable', 'This process is about to stop');
    try {
      await connection.ping();
    } catch (cause) {
      throw new Problem('unavailable', 'Redis does not answer', { cause });
    }
    return { status: 'ready' };
  });
};
