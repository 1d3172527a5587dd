import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

interface DrainingOptions {
  /** Whether this process is about to stop. Until then it still serves requests. */
  isDraining: () => boolean;
}

/** Before the process stops, has clients open their next connection to another one. */
export const drainingPlugin = fp(
  async (app: FastifyInstance, { isDraining }: DrainingOptions) => {
    app.addHook('onRequest', async (_request, reply) => {
      if (isDraining()) reply.header('connection', 'close');
    });
  },
  { name: 'draining' },
);
