import type { FastifyPluginAsync } from 'fastify';
import { html } from '../pages/html.ts';
import { allowOwnPage, sendPage } from '../pages/page.ts';
import { problems } from '../problems/problem.ts';

/** The page that the `type` of every problem links to. */
export const problemsPage: FastifyPluginAsync = async (app) => {
  const sections = Object.entries(problems).map(
    ([kind, { status, title }]) => html`<h2 id="${kind}">${status} ${kind}</h2><p>${title}.</p>`,
  );
  const main = await html`<h1>Problems</h1><p>The errors that this API returns.</p>${sections}`;
  app.get('/problems', { schema: { hide: true }, onRequest: allowOwnPage }, (_request, reply) =>
    sendPage(reply, { title: 'Problems', main }),
  );
};
