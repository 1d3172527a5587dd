import type { FastifyReply } from 'fastify';
import type { Problem } from './problem.ts';

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply => {
  const { statusCode, retryAfterSeconds } = problem;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  return reply
    .code(statusCode)
    .type('application/problem+json')
    .send(problem.toDetails(reply.server.basePath));
};
