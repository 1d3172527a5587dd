import { isOutage } from '@backend-jobs/redis';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import fp from 'fastify-plugin';
import { type FieldError, Problem, type ProblemKind } from '../problem.ts';

/** Every error leaves as `application/problem+json`, and none tells more than its client should know. */
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

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply => {
  const { statusCode, retryAfterSeconds } = problem;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  return reply.code(statusCode).type('application/problem+json').send(problem.toJSON());
};

/** Behind this API stands Redis alone: what can't be reached is that. */
export const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  if (isOutage(error))
    return new Problem('unavailable', 'The queue cannot be reached. Try again in a moment.');
  const { validation, statusCode = 500 } = error as FastifyError;
  if (validation) return toInvalidRequest(error as FastifyError);
  return new Problem(kindOfStatus[statusCode] ?? 'internal-error');
};

const kindOfStatus: Record<number, ProblemKind> = {
  400: 'malformed-request',
  401: 'unauthorized',
  404: 'not-found',
  413: 'content-too-large',
  414: 'not-found', // no id is that long
  415: 'unsupported-media-type',
};

const toInvalidRequest = ({ validation = [], validationContext }: FastifyError): Problem => {
  // An id that can't be one names nothing.
  if (validationContext === 'params') return new Problem('not-found');
  const toError = toErrors[validationContext ?? 'body'] ?? toBodyError;
  return new Problem('invalid-request', undefined, { errors: validation.map(toError) });
};

type ValidationFault = NonNullable<FastifyError['validation']>[number];

const toBodyError = (fault: ValidationFault): FieldError => {
  const field = fault.params.missingProperty ?? fault.params.additionalProperty;
  const suffix = field === undefined ? '' : `/${escapePointer(String(field))}`;
  return { pointer: `#${fault.instancePath}${suffix}`, detail: detailOf(fault) };
};

const toHeaderError = (fault: ValidationFault): FieldError => ({
  header: fault.instancePath.slice(1),
  detail: detailOf(fault),
});

const toParameterError = (fault: ValidationFault): FieldError => ({
  parameter: fault.instancePath.slice(1) || String(fault.params.additionalProperty),
  detail: detailOf(fault),
});

const toErrors: Record<string, (fault: ValidationFault) => FieldError> = {
  headers: toHeaderError,
  querystring: toParameterError,
};

const detailOf = ({ keyword, params, message = 'is not valid' }: ValidationFault): string =>
  details[keyword]?.(params) ?? message;

const details: Record<string, (params: ValidationFault['params']) => string | undefined> = {
  required: () => 'is missing',
  additionalProperties: () => 'is not a field of this request',
  enum: ({ allowedValues }) => `must be one of ${[allowedValues].flat().join(', ')}`,
  format: ({ format }) => formatDetails[String(format)],
};

const formatDetails: Record<string, string> = {
  email: 'must be one email address, in ASCII up to its @',
  'person-name': 'must not be blank nor hold control or invisible characters',
};

/** RFC 6901, 3. */
const escapePointer = (token: string) => token.replaceAll('~', '~0').replaceAll('/', '~1');
