import { createBullBoard } from '@bull-board/api';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';
import type { FastifyPluginAsync } from 'fastify';
import { Problem } from '../problem.ts';
import { type Logins, loginsPlugin } from './logins.ts';
import { sendProblem } from './problems.ts';
import { QueueAdapter } from './queue-adapter.ts';
import { allowPage } from './security-headers.ts';

export interface DashboardOptions {
  queues: readonly Queue[];
  logins: Logins;
}

/**
 * Bull Board behind a login, at the `prefix` that this plugin is registered with. It brings no login of its own, and
 * its hook must cover no other route: keep this plugin a context of its own.
 */
export const dashboardPlugin: FastifyPluginAsync<DashboardOptions> = async (app, { queues, logins }) => {
  await app.register(loginsPlugin, logins);
  app.addHook('onRequest', allowBullBoard);
  // Here too, so that what is not there asks for the login as well.
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem('not-found')));
  app.addHook<string>('onSend', async (_request, reply, payload) =>
    String(reply.getHeader('content-type')).startsWith('text/html') ? withoutWebFonts(payload) : payload,
  );

  const board = new FastifyAdapter().setBasePath(app.prefix);
  createBullBoard({
    queues: queues.map((queue) => new QueueAdapter(queue)),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'Backend Jobs' } },
  });
  await app.register(board.registerPlugin());
};

/** Its page brings styles in its elements. */
const allowBullBoard = allowPage(
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
);

/** Its page asks another company for its fonts, and so tells it who operates this. The system's own do as well. */
const withoutWebFonts = (page: string): string => page.replaceAll(/<link href="https:[^>]*>/g, '');
