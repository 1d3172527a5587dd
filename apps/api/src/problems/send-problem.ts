import type { FastifyReply } from 'fastify';
import type { Problem, ProblemKind } from './problem.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** The problem that was sent, if it was one. */
    problemKind?: ProblemKind;
  }
}

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply => {
  const { kind, statusCode, retryAfterSeconds } = problem;
  reply.problemKind = kind;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  return reply
    .code(statusCode)
    .type('application/problem+json')
    .send(problem.toDetails(reply.server.basePath));
};
