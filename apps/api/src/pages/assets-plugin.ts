import { fileURLToPath } from 'node:url';
import staticFiles from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';

const root = fileURLToPath(new URL('../../assets', import.meta.url));

/** What the pages load: `/assets/style.css` and its neighbours, and the icon that browsers look for by themselves. */
export const assetsPlugin: FastifyPluginAsync = async (app) => {
  await app.register(staticFiles, { root, prefix: '/assets/', wildcard: false, maxAge: '5m' });
  app.get('/favicon.ico', { schema: { hide: true } }, (_request, reply) => reply.sendFile('favicon.svg'));
};
