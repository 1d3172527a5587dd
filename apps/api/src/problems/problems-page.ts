import type { FastifyPluginAsync } from 'fastify';
import { allowPage } from '../headers/security-headers.ts';
import { problems } from './problem.ts';

/** The page that the `type` of every problem links to. */
export const problemsPage: FastifyPluginAsync = async (app) => {
  const sections = Object.entries(problems).map(
    ([kind, { status, title }]) => `<h2 id="${kind}">${status} ${kind}</h2><p>${title}.</p>`,
  );
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Problems</title>
<style>body{font:16px/1.5 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>Problems</h1><p>The errors that this API returns.</p>${sections.join('\n')}</html>`;
  app.get(
    '/problems',
    { schema: { hide: true }, onRequest: allowPage("style-src 'unsafe-inline'") },
    (_request, reply) => reply.type('text/html').send(page),
  );
};
