import { problemHeaders, responseHeaders } from '../headers/response-headers.ts';
import { ProblemDetails, type ProblemKind, problems } from './problem.ts';

/** The OpenAPI `responses` of a route for the error statuses that it can return. Any route can return a 500. */
export const problemResponses = (...statuses: number[]) =>
  Object.fromEntries([...statuses, 500].map((status) => [status, problemResponse(status)]));

const problemResponse = (status: number) => {
  const kinds = (Object.keys(problems) as ProblemKind[]).filter((kind) => problems[kind].status === status);
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
