import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify';
import fp from 'fastify-plugin';
import helmet from 'helmet';

/** On every answer. What is no page may load nothing, and be shown in no frame. */
export const securityHeadersPlugin = fp(
  async (app: FastifyInstance) => {
    const headers = readHeaders(
      helmet({
        contentSecurityPolicy: {
          useDefaults: false,
          directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
        },
        referrerPolicy: { policy: 'no-referrer' },
      }),
    );
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers);
      done();
    });
  },
  { name: 'security-headers' },
);

/** They are the same on every answer, so helmet is asked once. */
const readHeaders = (setHeaders: ReturnType<typeof helmet>): OutgoingHttpHeaders => {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  setHeaders(response.req, response, () => {});
  return response.getHeaders();
};

/** For a page: what it may load, all of it from here. */
export const allowPage =
  (...directives: string[]): onRequestAsyncHookHandler =>
  async (_request, reply) => {
    const policy = ["default-src 'none'", "frame-ancestors 'none'", ...directives].join('; ');
    reply.header('content-security-policy', policy);
  };
