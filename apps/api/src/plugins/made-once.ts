import type { FastifyInstance, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';

interface MadeOnceOptions {
  /** URLs of routes whose response is always the same. */
  urls: string[];
}

/**
 * Makes the response of a route once, and sends the same bytes to everybody: clients who do not read them cost no memory,
 * and those who ask again and again no work. It applies to the routes that are registered after it.
 */
export const madeOncePlugin = fp(
  async (app: FastifyInstance, { urls }: MadeOnceOptions) => {
    app.addHook('onRoute', (route) => {
      if (route.method === 'GET' && urls.includes(route.url)) keepResponse(route);
    });
  },
  { name: 'made-once' },
);

const keepResponse = (route: RouteOptions): void => {
  let kept: { content: unknown; type: string } | undefined;
  route.preHandler = async (_request, reply) => {
    if (kept) return reply.type(kept.type).send(kept.content);
  };
  route.onSend = async (_request, reply, payload) => {
    if (reply.statusCode !== 200) return payload;
    const content = typeof payload === 'string' ? Buffer.from(payload) : payload;
    kept ??= { content, type: String(reply.getHeader('content-type')) };
    return kept.content;
  };
};
