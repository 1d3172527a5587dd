import { problemHeaders, responseHeaders } from '../headers/response-headers.ts';
import { ProblemDetails, type ProblemKind, problems } from './problem.ts';

/**
 * The OpenAPI `responses` of a route for the errors that it can return: by status, or one kind of a status that has
 * several. Any route can return a 500.
 */
export const problemResponses = (...errors: (number | ProblemKind)[]) =>
  Object.fromEntries(
    [...errors, 500].map((error) =>
      typeof error === 'number'
        ? [error, problemResponse(error, kindsOf(error))]
        : [problems[error].status, problemResponse(problems[error].status, [error])],
    ),
  );

const kindsOf = (status: number): ProblemKind[] =>
  (Object.keys(problems) as ProblemKind[]).filter((kind) => problems[kind].status === status);

const problemResponse = (status: number, kinds: ProblemKind[]) => {
  return {
    description: kinds.map((kind) => problems[kind].title).join('; or: '),
    headers: problemHeaders[status] ?? responseHeaders,
    content: { 'application/problem+json': { schema: ProblemDetails, examples: examplesOf(kinds) } },
  };
};

const examplesOf = (kinds: ProblemKind[]) =>
  Object.fromEntries(
    kinds.map((kind) => [kind, { value: { type: `/problems#${kind}`, ...problems[kind] } }]),
  );
