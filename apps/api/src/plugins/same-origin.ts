import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.ts';

/**
 * Refuses a request that the page of another site has a browser send. It would come with the login that the browser has
 * stored, and from the visitor's address. `Sec-Fetch-Site` names the origin, and no proxy rewrites it. An old browser leaves
 * it out, and so does any where the page came by HTTP; then `Origin` has to name this host. A client that is not a browser
 * sends neither header, and only the login that it was given.
 *
 * @throws {Problem} `forbidden`
 */
export const requireSameOrigin = (request: FastifyRequest): void => {
  if (!isSameOrigin(request)) throw new Problem('forbidden', 'Cross-site requests are not allowed');
};

const isSameOrigin = ({ headers, host }: FastifyRequest): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === host;
};
