import { type Static, Type } from '@sinclair/typebox';

/** Every kind of error that this API returns. The key is the last part of the problem's `type`, and never changes. */
export const problems = {
  'invalid-request': { status: 400, title: 'The request has invalid fields' },
  'malformed-request': { status: 400, title: 'The request could not be parsed' },
  unauthorized: { status: 401, title: 'The request is missing valid credentials' },
  forbidden: { status: 403, title: 'You are not allowed to do this' },
  'not-found': { status: 404, title: 'The requested resource was not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed for this URL' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'email-taken': { status: 409, title: 'This email address is already registered' },
  'still-referenced': { status: 409, title: 'Other records refer to this user' },
  'precondition-failed': { status: 412, title: 'A precondition in the headers is not met' },
  'content-too-large': { status: 413, title: 'The request body is too large' },
  'unsupported-media-type': { status: 415, title: 'The request body must be application/json' },
  'range-not-satisfiable': { status: 416, title: 'The requested range does not exist' },
  'expectation-failed': { status: 417, title: 'The server cannot meet the Expect header' },
  'misdirected-request': { status: 421, title: 'The host name in the URL is not one of this server' },
  'idempotency-key-reused': {
    status: 422,
    title: 'This idempotency key was already used with a different request body',
  },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The request headers are too large' },
  'internal-error': { status: 500, title: 'An unexpected error occurred' },
  unavailable: { status: 503, title: 'The service is temporarily unavailable' },
} as const;
export type ProblemKind = keyof typeof problems;

/** One invalid part of a request: a field of the body, a header, or a query parameter. */
const FieldError = Type.Object({
  pointer: Type.Optional(
    Type.String({ description: 'JSON Pointer to a field of the body', examples: ['#/email'] }),
  ),
  header: Type.Optional(Type.String({ description: 'Name of a header' })),
  parameter: Type.Optional(Type.String({ description: 'Name of a query parameter' })),
  detail: Type.String(),
});
export type FieldError = Static<typeof FieldError>;

/** The body of every error response (RFC 9457). */
export const ProblemDetails = Type.Object({
  type: Type.String({
    description: 'A link to the description of this kind of error',
    examples: ['/problems#invalid-request'],
  }),
  title: Type.String({ examples: [problems['invalid-request'].title] }),
  status: Type.Integer({ examples: [400] }),
  detail: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(FieldError)),
});
export type ProblemDetails = Static<typeof ProblemDetails>;

interface ProblemOptions extends ErrorOptions, Pick<ProblemDetails, 'errors'> {
  retryAfterSeconds?: number;
}

/** An error that is meant for the client: everything but its `cause` is sent. */
export class Problem extends Error {
  override name = 'Problem';
  readonly kind: ProblemKind;
  readonly errors: ProblemDetails['errors'];
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ProblemKind, detail?: string, options: ProblemOptions = {}) {
    super(detail, options);
    this.kind = kind;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds ?? (kind === 'unavailable' ? 1 : undefined);
  }

  /** Fastify reads the status of an error from this property. */
  get statusCode(): number {
    return problems[this.kind].status;
  }

  /** @param basePath what clients see in front of each path of this API */
  toDetails(basePath: string): ProblemDetails {
    const { status, title } = problems[this.kind];
    return {
      type: `${basePath}/problems#${this.kind}`,
      title,
      status,
      ...(this.message && { detail: this.message }),
      ...(this.errors && { errors: this.errors }),
    };
  }
}
