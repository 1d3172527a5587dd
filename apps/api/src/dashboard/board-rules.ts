import type { BeforeHook } from '@bull-board/api/typings/app';

/** How many jobs, children or lines of a log one response has at most. */
export const longestPage = 100;

type Refusal = Pick<Exclude<Awaited<ReturnType<BeforeHook>>, void>, 'errorKey' | 'message'>;

/** What Bull Board offers and this service does not, by method and path; each with the reason, for the operator. */
const refusals: Record<string, Refusal> = {
  'put /api/queues/:queueName/obliterate': {
    errorKey: 'ERRORS.FORBIDDEN',
    message:
      'This would lose accepted sign-ups. "Empty" and "Clean all" remove jobs, and the sign-ups say so.',
  },
  'put /api/queues/:queueName/rate-limit': {
    errorKey: 'ERRORS.RATE_LIMIT_NOT_SUPPORTED',
    message: 'The workers would not keep to it. Set EMAILS_RATE for the workers, and restart them.',
  },
  'patch /api/queues/:queueName/:jobId/update-data': {
    errorKey: 'ERRORS.JOB_EDIT_NOT_SUPPORTED',
    message: 'This is a masked copy: saving it would destroy the only record of a person who waits.',
  },
  'put /api/queues/:queueName/clean/active': {
    errorKey: 'ERRORS.JOB_IS_ACTIVE',
    message: 'Jobs that are being processed can not be removed.',
  },
};

/** Bull Board calls it before each of its operations. */
export const applyBoardRules: BeforeHook = ({ method, route, request }) => {
  const { query, body, params } = request;
  // The number of things that a response has is that of a page, whatever is asked for.
  for (const name of ['jobsPerPage', 'maxChildren'])
    if (Number(query[name]) > longestPage) request.query = { ...request.query, [name]: String(longestPage) };

  const isLimitRemoved = route.endsWith('/rate-limit') && (body as { max?: unknown } | null)?.max === null;
  const path = route.replace(':queueStatus', params.queueStatus ?? '');
  const refusal = refusals[`${method} ${path}`];
  return refusal && !isLimitRemoved ? { allow: false, status: 405, ...refusal } : { allow: true };
};
