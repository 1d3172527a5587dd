import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

/**
 * Logs one line for each response. It has the pattern of the route and not the URL, and no address of the client: both
 * can identify a person.
 */
export const requestLogPlugin = fp(
  async (app: FastifyInstance) => {
    app.addHook('onResponse', async (request, { statusCode, elapsedTime }) => {
      const { method, routeOptions, caller } = request;
      const durationMs = Math.round(elapsedTime * 10) / 10;
      const line = { method, route: routeOptions.url, status: statusCode, durationMs };
      request.log[levelOf(request)]({ ...line, ...(caller && { caller }) }, 'request completed');
    });
  },
  { name: 'request-log', dependencies: ['api-keys'] },
);

/** The dashboard refreshes itself every few seconds: at `info` its requests would bury all others. */
const levelOf = ({ method, url }: FastifyRequest): 'debug' | 'info' =>
  method === 'GET' && /^\/(admin|docs)\b/.test(url) ? 'debug' : 'info';
