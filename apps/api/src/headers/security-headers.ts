import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify';
import fp from 'fastify-plugin';

/** A policy under which a page loads only what `directives` allow, and no site may show it in a frame. */
export const contentSecurityPolicy = (...directives: string[]): string =>
  ["default-src 'none'", "frame-ancestors 'none'", ...directives].join('; ');

/**
 * The headers of every response. They are those that helmet sets by default, apart from the content security policy,
 * which forbids everything here; a test compares the two. They are written out because responses that Fastify runs no
 * hooks for need them, too.
 */
export const securityHeaders = {
  'content-security-policy': contentSecurityPolicy(),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

export const securityHeadersPlugin = fp(
  async (app: FastifyInstance) => {
    app.addHook('onRequest', async (_request, reply) => {
      reply.headers(securityHeaders);
    });
  },
  { name: 'security-headers' },
);

/** A hook for a route that serves a page: `directives` name what the page may load, all of it from this server. */
export const allowPage = (...directives: string[]): onRequestAsyncHookHandler => {
  const policy = contentSecurityPolicy(...directives);
  // Over HTTP a browser says by `Origin` alone where a form was sent from, and under `no-referrer` it says `null`.
  const headers = { 'content-security-policy': policy, 'referrer-policy': 'same-origin' };
  return async (_request, reply) => {
    reply.headers(headers);
  };
};
