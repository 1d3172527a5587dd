import type { FastifyRequest, onResponseAsyncHookHandler } from 'fastify';

/**
 * A hook for the routes of the dashboard: logs each request that is meant to change something, also one that was refused,
 * with who sent it and what it was.
 */
export const logWrite: onResponseAsyncHookHandler = async (request, { statusCode }) => {
  const { method, role, log } = request;
  if (isRead(request)) return;
  const { queueName: queue, '*': unknownPath, ...rest } = request.params as Record<string, string>;
  // What somebody has put into a URL who could not log in is not worth keeping.
  const target = role && { queue, ...rest, unknownPath };
  log.info(
    { role: role ?? 'none', method, action: actionOf(request), ...target, status: statusCode },
    'dashboard write',
  );
};

export const isRead = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

/** `retry`, `clean`, `job-schedulers/run`: what the pattern of the route says after its queue and job. */
const actionOf = ({ routeOptions: { url = '' } }: FastifyRequest): string =>
  url
    .replace(/^.*\/api\/queues\//, '')
    .split('/')
    .filter((segment) => segment && !segment.startsWith(':') && segment !== '*')
    .join('/');
