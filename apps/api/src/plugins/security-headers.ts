import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify';
import fp from 'fastify-plugin';
import helmet, { type HelmetOptions } from 'helmet';

/** Nothing may be loaded but what `directives` name, and nobody may put it in a frame. */
export const contentSecurityPolicy = (...directives: string[]): string =>
  ["default-src 'none'", "frame-ancestors 'none'", ...directives].join('; ');

export const securityHeadersPlugin = fp(
  async (app: FastifyInstance) => {
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(securityHeaders);
      done();
    });
  },
  { name: 'security-headers' },
);

/** They are the same on every answer, so helmet is asked once. */
const helmetHeaders = (options: HelmetOptions): OutgoingHttpHeaders => {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  helmet(options)(response.req, response, (error) => {
    if (error) throw error;
  });
  return response.getHeaders();
};

/** On every answer, helmet's. What is no page may load nothing. */
export const securityHeaders = {
  ...helmetHeaders({ contentSecurityPolicy: false, referrerPolicy: { policy: 'no-referrer' } }),
  'content-security-policy': contentSecurityPolicy(),
};

/** For a page: what it may load, all of it from here. */
export const allowPage = (...directives: string[]): onRequestAsyncHookHandler => {
  const policy = contentSecurityPolicy(...directives);
  return async (_request, reply) => {
    reply.header('content-security-policy', policy);
  };
};
