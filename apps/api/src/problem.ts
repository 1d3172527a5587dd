import { type Static, Type } from '@sinclair/typebox';

/** Every kind of error that this API answers with. The key is the last part of the problem's `type`. */
export const problems = {
  'invalid-request': { status: 400, title: 'The request has faulty fields' },
  'malformed-request': { status: 400, title: 'The request could not be read' },
  unauthorized: { status: 401, title: 'This needs a login, or an API key' },
  forbidden: { status: 403, title: 'This login may not do that' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This address is not asked in this way' },
  'request-timeout': { status: 408, title: 'The request took too long to come in' },
  'email-taken': { status: 409, title: 'This email is signed up already' },
  'content-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not application/json' },
  'idempotency-key-reused': { status: 422, title: 'This idempotency key came with another body before' },
  'too-many-requests': { status: 429, title: 'That was too often' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'internal-error': { status: 500, title: 'Something broke on our side' },
  unavailable: { status: 503, title: 'The service cannot take this at the moment' },
} as const;
export type ProblemKind = keyof typeof problems;

/** Where a request is at fault: a field of its body, by JSON pointer as in RFC 9457's examples, a header, or a parameter. */
const FieldError = Type.Object({
  pointer: Type.Optional(Type.String({ examples: ['#/email'] })),
  header: Type.Optional(Type.String()),
  parameter: Type.Optional(Type.String({ description: 'Of the query' })),
  detail: Type.String(),
});
export type FieldError = Static<typeof FieldError>;

/** RFC 9457. */
export const ProblemDetails = Type.Object({
  type: Type.String({
    description: 'A link to what this kind of error means',
    examples: ['/problems#invalid-request'],
  }),
  title: Type.String({ examples: ['The request has faulty fields'] }),
  status: Type.Integer({ examples: [400] }),
  detail: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(FieldError)),
});
export type ProblemDetails = Static<typeof ProblemDetails>;

interface ProblemOptions extends ErrorOptions, Pick<ProblemDetails, 'errors'> {
  retryAfterSeconds?: number;
}

/** An error that is meant for the client. */
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

  /** Under the name that Fastify looks for. */
  get statusCode(): number {
    return problems[this.kind].status;
  }

  toJSON(): ProblemDetails {
    const { status, title } = problems[this.kind];
    return {
      type: `/problems#${this.kind}`,
      title,
      status,
      ...(this.message && { detail: this.message }),
      ...(this.errors && { errors: this.errors }),
    };
  }
}
