import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

/** Logs once that requests come through a proxy that the API does not trust, so that its clients share one rate limit. */
export const untrustedProxyWarningPlugin = fp(
  async (app: FastifyInstance) => {
    let isLogged = false;
    app.addHook('onRequest', async ({ headers, log }) => {
      if (isLogged || !(headers['x-forwarded-for'] || headers.forwarded)) return;
      isLogged = true;
      log.warn('requests come through a proxy: without TRUST_PROXY all its clients count as one');
    });
  },
  { name: 'untrusted-proxy-warning' },
);
