import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { sendProblem } from './send-problem.ts';
import { toProblem } from './to-problem.ts';

/** Sends every error that a route or a hook throws as `application/problem+json`, and logs those that are our fault. */
export const problemsPlugin = fp(
  async (app: FastifyInstance) => {
    app.setErrorHandler((error, request, reply) => {
      const problem = toProblem(error);
      if (problem.statusCode >= 500) request.log.error(error, 'request failed');
      return sendProblem(reply, problem);
    });
  },
  { name: 'problems' },
);
