import type { FastifyError, FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { logProblem } from './log-problem.ts';
import { sendProblem } from './send-problem.ts';
import { toProblem } from './to-problem.ts';

/** Sends every error that a route or a hook throws as `application/problem+json`, and logs those that are our fault. */
export const problemsPlugin = fp(
  async (app: FastifyInstance) => {
    app.decorateReply('problemKind');
    app.setErrorHandler((error: FastifyError, request, reply) => {
      const problem = toProblem(error);
      logProblem(request, error, problem);
      return sendProblem(reply, problem);
    });
  },
  { name: 'problems' },
);
