import { ProblemDetails, problems } from '../problem.ts';

/** The `response` schemas of a route for the error statuses that it can answer with. */
export const problemResponses = (...statuses: number[]) =>
  Object.fromEntries(statuses.map((status) => [status, problemResponse(status)]));

const problemResponse = (status: number) => ({
  description: Object.values(problems)
    .filter((problem) => problem.status === status)
    .map(({ title }) => title)
    .join('; or: '),
  content: { 'application/problem+json': { schema: ProblemDetails } },
});
