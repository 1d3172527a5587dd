import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../problems/problem.ts';

interface OwnHostsOptions {
  isOwnHost: (host: string) => boolean;
}

/**
 * Refuses a request that is for another host name than those of this machine. In development an API is open to anybody
 * who reaches it, and a page that has its own name lead here would reach it.
 */
export const ownHostsPlugin = fp(
  async (app: FastifyInstance, { isOwnHost }: OwnHostsOptions) => {
    app.addHook('onRequest', async ({ headers: { host } }) => {
      // A browser always sends a host. It is not taken from X-Forwarded-Host, which a page can set.
      if (host !== undefined && !isOwnHost(host)) throw new Problem('misdirected-request', onlyOwnNames);
    });
  },
  { name: 'own-hosts' },
);

const onlyOwnNames = 'In development the API answers under names of its own machine alone, such as localhost';
