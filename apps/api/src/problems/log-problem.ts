import { messageOf } from '@backend-jobs/runtime';
import type { FastifyRequest } from 'fastify';
import type { Problem } from './problem.ts';

/**
 * Logs an error that is our fault. While Redis is away each request fails, and for a known reason: then a line without a
 * stack is enough.
 */
export const logProblem = ({ log }: FastifyRequest, error: Error, problem: Problem): void => {
  if (problem.kind === 'unavailable') log.warn({ reason: messageOf(error) }, 'request refused');
  else if (problem.statusCode >= 500) log.error({ err: error }, 'request failed');
};
