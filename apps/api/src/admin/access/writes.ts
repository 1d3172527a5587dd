import type { FastifyRequest } from 'fastify';

/** A request that is meant to change something, as the log and the trail name it. */
export interface Write {
  /** `pause`, `job-schedulers/run`: what the pattern of the route says, without its queue and job. */
  action: string;
  /** What it is about: a queue, a job. */
  target: Record<string, string>;
}

/** Of a path that there is not, which may be as long as a URL. */
const longestPath = 200;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A request that only reads, although its method is not GET: what it asks for must not be in a URL. */
    changesNothing?: boolean;
    /** What a valid request is about, for the trail, where its URL does not say so. It holds nothing personal. */
    describe?: (request: FastifyRequest) => string;
  }
}

/** Whether its method is one that changes nothing anywhere (RFC 9110, section 9.2.1). */
export const isSafe = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

export const isRead = (request: FastifyRequest): boolean =>
  isSafe(request) || request.routeOptions.config.changesNothing === true;

export const writeOf = (request: FastifyRequest): Write => {
  const { params, routeOptions } = request;
  const { queueName, '*': unknownPath, ...rest } = params as Record<string, string>;
  const target = {
    ...(queueName && { queue: queueName }),
    ...rest,
    ...(unknownPath && { unknownPath: unknownPath.slice(0, longestPath) }),
  };
  return { action: actionOf(routeOptions.url ?? ''), target };
};

const actionOf = (pattern: string): string =>
  pattern
    .replace(/^.*\/(api\/queues|admin)\//, '')
    .split('/')
    .filter((segment) => segment && !segment.startsWith(':') && segment !== '*')
    .join('/');
