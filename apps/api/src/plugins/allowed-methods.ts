import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/send-problem.ts';

/**
 * Responds to a request that no route takes: with 405 and `Allow` if the URL has a route for another method (RFC 9110,
 * section 15.5.6), otherwise with 404. It knows the routes that are registered after it.
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

/** Whether `path` has the segments of `pattern`, in which a segment like `:id` stands for any. */
const matches = (pattern: string, path: string): boolean => {
  const segments = pattern.split('/');
  const given = path.split('/');
  return (
    segments.length === given.length &&
    segments.every((segment, index) => segment.startsWith(':') || segment === given[index])
  );
};
