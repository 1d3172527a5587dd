import { isDatabaseOutage, isViolation } from '@backend-jobs/postgres';
import { isOutage } from '@backend-jobs/redis';
import { isUsersMoved } from '@backend-jobs/sign-ups';
import type { FastifyError } from 'fastify';
import { toFieldErrors } from './field-errors.ts';
import { Problem, type ProblemKind } from './problem.ts';

/** Maps any error to the problem that the client gets. An unexpected error becomes one without details. */
export const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  if (isOutage(error)) {
    return new Problem('unavailable', 'The queue is temporarily unavailable. Please try again in a moment.');
  }
  if (isDatabaseOutage(error)) {
    return new Problem(
      'unavailable',
      'The database is temporarily unavailable. Please try again in a moment.',
    );
  }
  if (isUsersMoved(error)) {
    const detail = 'The users are being moved to another database. Please try again in a few minutes.';
    return new Problem('unavailable', detail, { retryAfterSeconds: 30 });
  }
  // A table of the team's own has a foreign key to the users.
  if (isViolation(error, '23503')) return new Problem('still-referenced');
  const { validation, validationContext } = error as FastifyError;
  if (!validation) return new Problem(kindOf(error as HttpError));
  // An id that is not a valid one belongs to nothing.
  if (validationContext === 'params') return new Problem('not-found');
  return new Problem('invalid-request', undefined, { errors: toFieldErrors(validation, validationContext) });
};

/** Fastify's errors have a `statusCode`, and those of the library that serves files a `status`. */
interface HttpError extends Error {
  statusCode?: number;
  status?: number;
}

/** A status that no kind here has is still the client's fault, if it is below 500. */
const kindOf = ({ statusCode, status = statusCode ?? 500 }: HttpError): ProblemKind => {
  const isOurs = !(status >= 400 && status < 500);
  return kindOfStatus[status] ?? (isOurs ? 'internal-error' : 'malformed-request');
};

const kindOfStatus: Record<number, ProblemKind> = {
  401: 'unauthorized',
  403: 'not-found', // a path that leads out of the folder of files
  404: 'not-found',
  412: 'precondition-failed',
  413: 'content-too-large',
  414: 'not-found', // a path parameter that is longer than any id
  415: 'unsupported-media-type',
  416: 'range-not-satisfiable',
};
