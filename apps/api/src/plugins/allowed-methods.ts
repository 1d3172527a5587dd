import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../problem.ts';
import { sendProblem } from './problems.ts';

/**
 * Tells a wrong method (405, with `Allow`: RFC 9110, 15.5.6) from an address that leads nowhere (404). Register it before
 * the routes that it is to know.
 */
export const allowedMethodsPlugin = fp(
  async (app: FastifyInstance) => {
    const methodsByUrl = new Map<string, Set<string>>();
    app.addHook('onRoute', ({ url, method }) => {
      const methods = methodsByUrl.get(url) ?? new Set();
      for (const each of [method].flat()) methods.add(each);
      methodsByUrl.set(url, methods);
    });

    const methodsAt = (path: string): Set<string> | undefined => {
      const url = [...methodsByUrl.keys()].find((pattern) => matches(pattern, path));
      return url === undefined ? undefined : methodsByUrl.get(url);
    };

    app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
      const methods = methodsAt(request.url.split('?')[0] ?? '');
      if (!methods || methods.has(request.method)) return sendProblem(reply, new Problem('not-found'));
      reply.header('allow', [...methods].join(', '));
      return sendProblem(reply, new Problem('method-not-allowed'));
    });
  },
  { name: 'allowed-methods' },
);

/** Whether `path` is one of a route's: as many segments, the same but for its parameters. */
const matches = (pattern: string, path: string): boolean => {
  const segments = pattern.split('/');
  const given = path.split('/');
  return (
    segments.length === given.length &&
    segments.every((segment, index) => segment.startsWith(':') || segment === given[index])
  );
};
