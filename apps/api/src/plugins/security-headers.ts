import helmet from '@fastify/helmet';
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify';
import fp from 'fastify-plugin';

/** On every answer. What is no page may load nothing, and be shown in no frame. */
export const securityHeadersPlugin = fp(
  async (app: FastifyInstance) => {
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
      referrerPolicy: { policy: 'no-referrer' },
    });
  },
  { name: 'security-headers' },
);

/** For a page: what it may load, all of it from here. */
export const allowPage =
  (...directives: string[]): onRequestAsyncHookHandler =>
  async (_request, reply) => {
    const policy = ["default-src 'none'", "frame-ancestors 'none'", ...directives].join('; ');
    reply.header('content-security-policy', policy);
  };
