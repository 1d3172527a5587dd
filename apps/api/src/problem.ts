import { type Static, Type } from '@sinclair/typebox';

/** Every kind of error that this API answers with. The key is the last part of the problem's `type`. */
export const problems = {
  'invalid-request': { status: 400, title: 'The request has faulty fields' },
  'malformed-request': { status: 400, title: 'The request could not be read' },
  unauthorized: { status: 401, title: 'This needs a login' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'email-taken': { status: 409, title: 'This email is signed up already' },
  'content-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not application/json' },
  'idempotency-key-reused': { status: 422, title: 'This idempotency key came with another body before' },
  'internal-error': { status: 500, title: 'Something broke on our side' },
  unavailable: { status: 503, title: 'The service cannot take this at the moment' },
} as const;
export type ProblemKind = keyof typeof problems;

/** Where a request is at fault: a field of its body, by JSON pointer as in RFC 9457's examples, or a header. */
const FieldError = Type.Object({
  pointer: Type.Optional(Type.String({ examples: ['#/email'] })),
  header: Type.Optional(Type.String()),
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

/** An error that is meant for the client. */
export class Problem extends Error {
  override name = 'Problem';
  readonly kind: ProblemKind;
  readonly errors: ProblemDetails['errors'];

  constructor(kind: ProblemKind, detail?: string, options?: ErrorOptions & Pick<ProblemDetails, 'errors'>) {
    super(detail, options);
    this.kind = kind;
    this.errors = options?.errors;
  }

  get status(): number {
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
