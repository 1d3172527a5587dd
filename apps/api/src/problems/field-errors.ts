import type { FastifyError } from 'fastify';
import type { FieldError } from './problem.ts';

type ValidationError = NonNullable<FastifyError['validation']>[number];

/** Enough to correct a request by; a hostile one can have thousands. */
const mostErrors = 20;

/** Names the invalid fields of the part of a request that Ajv checked: its body, headers or query string. */
export const toFieldErrors = (
  errors: ValidationError[],
  part: FastifyError['validationContext'],
): FieldError[] =>
  errors
    .slice(0, mostErrors)
    .map((error) => ({ ...locate[part ?? 'body']?.(error), detail: detailOf(error) }));

/** A field of the body by JSON Pointer, as in the examples of RFC 9457; a header and a parameter by their names. */
const locate: Record<string, (error: ValidationError) => Omit<FieldError, 'detail'>> = {
  body: ({ instancePath, params }) => {
    const field = params.missingProperty ?? params.additionalProperty;
    return { pointer: `#${instancePath}${field === undefined ? '' : `/${escapePointer(String(field))}`}` };
  },
  headers: ({ instancePath }) => ({ header: instancePath.slice(1) }),
  querystring: ({ instancePath, params }) => ({
    parameter: instancePath.slice(1) || String(params.additionalProperty),
  }),
};

const detailOf = ({ keyword, params, message = 'is not valid' }: ValidationError): string =>
  details[keyword]?.(params) ?? message;

/** Where Ajv's own message says too little, or means nothing to a client. */
const details: Record<string, (params: ValidationError['params']) => string | undefined> = {
  required: () => 'is required',
  additionalProperties: () => 'is not allowed',
  enum: ({ allowedValues }) => `must be one of ${[allowedValues].flat().join(', ')}`,
  format: ({ format }) => formatDetails[String(format)],
};

const formatDetails: Record<string, string> = {
  email: 'must be a single email address, with only ASCII characters before the @',
  'person-name': 'must not be blank or contain control characters or invisible characters',
};

/** RFC 6901, section 3. */
const escapePointer = (token: string) => token.replaceAll('~', '~0').replaceAll('/', '~1');
