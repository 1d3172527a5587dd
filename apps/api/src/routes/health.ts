import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Redis } from 'ioredis';
import { Problem } from '../problem.ts';

/** `/livez`: this process runs. `/readyz`: it can accept a sign-up, so Redis answers. */
export const healthRoutes: FastifyPluginAsyncTypebox<{ connection: Redis }> = async (app, { connection }) => {
  const schema = { hide: true };
  app.get('/livez', { schema, logLevel: 'silent' }, async () => ({ status: 'alive' }));
  app.get('/readyz', { schema, logLevel: 'silent' }, async () => {
    try {
      await connection.ping();
    } catch (cause) {
      throw new Problem('unavailable', 'Redis does not answer', { cause });
    }
    return { status: 'ready' };
  });
};
