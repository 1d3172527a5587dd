import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import fp from 'fastify-plugin';
import { type FieldError, Problem, type ProblemKind } from '../problem.ts';

/** Every error leaves as `application/problem+json`, and none tells more than its client should know. */
export const problemsPlugin = fp(
  async (app: FastifyInstance) => {
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const problem = toProblem(error);
      if (problem.status >= 500) request.log.error(error, 'request failed');
      return sendProblem(reply, problem);
    });
    app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem('not-found')));
  },
  { name: 'problems' },
);

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply => {
  if (problem.status === 503) reply.header('retry-after', '1');
  return reply.code(problem.status).type('application/problem+json').send(problem.toJSON());
};

const toProblem = (error: FastifyError): Problem => {
  if (error instanceof Problem) return error;
  if (error.validation) return toInvalidRequest(error);
  return new Problem(kindOfStatus[error.statusCode ?? 500] ?? 'internal-error');
};

const kindOfStatus: Record<number, ProblemKind> = {
  400: 'malformed-request',
  401: 'unauthorized',
  404: 'not-found',
  413: 'content-too-large',
  415: 'unsupported-media-type',
  503: 'unavailable',
};

const toInvalidRequest = ({ validation = [], validationContext }: FastifyError): Problem => {
  // An id that can't be one names nothing.
  if (validationContext === 'params') return new Problem('not-found');
  const toError = validationContext === 'headers' ? toHeaderError : toBodyError;
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

const detailOf = ({ keyword, params, message = 'is not valid' }: ValidationFault): string =>
  details[keyword]?.(params) ?? message;

const details: Record<string, (params: ValidationFault['params']) => string | undefined> = {
  required: () => 'is missing',
  additionalProperties: () => 'is not a field of this request',
  enum: ({ allowedValues }) => `must be one of ${[allowedValues].flat().join(', ')}`,
  format: ({ format }) => formatDetails[String(format)],
};

const formatDetails: Record<string, string> = {
  email: 'must be one email address',
  'person-name': 'must not be blank nor hold control characters',
};

/** RFC 6901, 3. */
const escapePointer = (token: string) => token.replaceAll('~', '~0').replaceAll('/', '~1');
