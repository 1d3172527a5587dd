import type { FastifyRequest } from 'fastify';

/**
 * Whether a request that changes something comes from the dashboard itself. A browser sends the login that it has stored
 * with the requests of any site's page. `Sec-Fetch-Site` names the origin, and no proxy rewrites it. Only an old browser
 * leaves it out; then `Origin` has to name this host. A client that is not a browser sends neither header, and only the
 * login that it was given.
 */
export const isSameOrigin = ({ headers, host }: FastifyRequest): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === host;
};
