import { isOutage } from '@backend-jobs/redis';
import type { FastifyError } from 'fastify';
import { toFieldErrors } from './field-errors.ts';
import { Problem, type ProblemKind } from './problem.ts';

/** Maps any error to the problem that the client gets. An unexpected error becomes one without details. */
export const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  if (isOutage(error)) {
    return new Problem('unavailable', 'The queue is temporarily unavailable. Please try again in a moment.');
  }
  const { validation, validationContext, statusCode = 500 } = error as FastifyError;
  if (!validation) return new Problem(kindOfStatus[statusCode] ?? 'internal-error');
  // An id that is not a valid one belongs to nothing.
  if (validationContext === 'params') return new Problem('not-found');
  return new Problem('invalid-request', undefined, { errors: toFieldErrors(validation, validationContext) });
};

/** Of the errors that Fastify itself throws. */
const kindOfStatus: Record<number, ProblemKind> = {
  400: 'malformed-request',
  401: 'unauthorized',
  404: 'not-found',
  413: 'content-too-large',
  414: 'not-found', // a path parameter that is longer than any id
  415: 'unsupported-media-type',
};
