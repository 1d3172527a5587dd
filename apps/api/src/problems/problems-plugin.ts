import { messageOf } from '@backend-jobs/runtime';
import type { FastifyError, FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { sendProblem } from './send-problem.ts';
import { toProblem } from './to-problem.ts';

/**
 * Sends every error that a route or a hook throws as `application/problem+json`, and logs those that are our fault. While
 * Redis is away each request fails, and for a known reason: then a line without a stack is enough.
 */
export const problemsPlugin = fp(
  async (app: FastifyInstance) => {
    app.setErrorHandler((error: FastifyError, request, reply) => {
      const problem = toProblem(error);
      if (problem.kind === 'unavailable') request.log.warn({ reason: messageOf(error) }, 'request refused');
      else if (problem.statusCode >= 500) request.log.error({ err: error }, 'request failed');
      return sendProblem(reply, problem);
    });
  },
  { name: 'problems' },
);
