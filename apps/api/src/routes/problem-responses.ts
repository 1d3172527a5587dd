import { ProblemDetails, type ProblemKind, problems } from '../problem.ts';
import { answerHeaders, problemHeaders } from './answer-headers.ts';

/** The `response` schemas of a route for the error statuses that it can answer with. */
export const problemResponses = (...statuses: number[]) =>
  Object.fromEntries([...statuses, ...ofEveryRoute].map((status) => [status, problemResponse(status)]));

/** What can befall any request: it is no HTTP, its method is not known here, it takes too long, or we broke. */
const ofEveryRoute = [500];

const problemResponse = (status: number) => {
  const kinds = (Object.keys(problems) as ProblemKind[]).filter((kind) => problems[kind].status === status);
  return {
    description: kinds.map((kind) => problems[kind].title).join('; or: '),
    headers: problemHeaders[status] ?? answerHeaders,
    content: { 'application/problem+json': { schema: ProblemDetails, examples: examplesOf(kinds) } },
  };
};

const examplesOf = (kinds: ProblemKind[]) =>
  Object.fromEntries(
    kinds.map((kind) => [kind, { value: { type: `/problems#${kind}`, ...problems[kind] } }]),
  );
