import type { JobRemoval } from '@backend-jobs/jobs';
import { createBullBoard } from '@bull-board/api';
import type { MetricsHistoryProvider } from '@bull-board/api/typings/app';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';
import type { FastifyPluginAsync } from 'fastify';
import { allowPage } from '../headers/security-headers.ts';
import { Problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/send-problem.ts';
import { toBoardError } from './board-errors.ts';
import { applyBoardRules } from './board-rules.ts';
import { type Logins, loginsPlugin } from './logins-plugin.ts';
import { QueueAdapter } from './queue-adapter.ts';
import { logWrite } from './write-log.ts';

export interface DashboardOptions {
  queues: readonly Queue[];
  removal: JobRemoval;
  history: MetricsHistoryProvider;
  logins: Logins;
}

/**
 * Bull Board behind a login, at the `prefix` that this plugin is registered with. Bull Board has no login of its own.
 * Do not wrap this plugin in `fastify-plugin`: its hooks would then apply to the other routes as well.
 */
export const dashboardPlugin: FastifyPluginAsync<DashboardOptions> = async (app, options) => {
  app.addHook('onResponse', logWrite);
  await app.register(loginsPlugin, options.logins);
  app.addHook('onRequest', allowBullBoard);
  // A handler of this context, so that a URL that does not exist needs the login as well.
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem('not-found')));
  app.addHook<string>('onSend', async (_request, reply, payload) =>
    String(reply.getHeader('content-type')).startsWith('text/html') ? withoutWebFonts(payload) : payload,
  );

  const board = new FastifyAdapter().setBasePath(app.basePath + app.prefix);
  createBullBoard({
    queues: options.queues.map((queue) => new QueueAdapter(queue, options.removal)),
    serverAdapter: board,
    options: {
      uiConfig: { boardTitle: 'Backend Jobs' },
      handlerHooks: { before: applyBoardRules },
      historyProvider: options.history,
    },
  });
  board.setErrorHandler(toBoardError);
  await app.register(board.registerPlugin());
};

/** Bull Board's page has inline styles. */
const allowBullBoard = allowPage(
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
);

/** Bull Board's page loads its fonts from Google, which would reveal each operator's visit. System fonts do as well. */
const withoutWebFonts = (page: string): string => page.replaceAll(/<link href="https:[^>]*>/g, '');
