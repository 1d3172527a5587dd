import type { FastifyRequest } from 'fastify';

/**
 * Whether a request that changes something may come from where it comes from: a browser sends a stored login along with
 * whatever page makes it ask. `Sec-Fetch-Site` tells, and no proxy rewrites it; only an old browser leaves it out, and
 * then `Origin` has to name this host. What is no browser sends neither, and no login that it was not given.
 */
export const isSameOrigin = ({ headers, host }: FastifyRequest): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === host;
};
