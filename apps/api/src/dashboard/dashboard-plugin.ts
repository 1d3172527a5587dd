import type { JobRemoval } from '@backend-jobs/jobs';
import { createBullBoard } from '@bull-board/api';
import type { MetricsHistoryProvider } from '@bull-board/api/typings/app';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';
import type { FastifyPluginAsync } from 'fastify';
import { allowPage } from '../headers/security-headers.ts';
import { toBoardError } from './board-errors.ts';
import { applyBoardRules } from './board-rules.ts';
import { QueueAdapter } from './queue-adapter.ts';

/** The queues of one shard, as the board shows them. */
export interface BoardShard {
  name: string;
  queues: readonly Queue[];
  removal: JobRemoval;
}

export interface DashboardOptions {
  shards: readonly BoardShard[];
  history: MetricsHistoryProvider;
}

/**
 * Bull Board, at the `prefix` that this plugin is registered with. It has no login of its own: that of the context applies.
 * Do not wrap this plugin in `fastify-plugin`: its hooks would then apply to the other routes as well.
 */
export const dashboardPlugin: FastifyPluginAsync<DashboardOptions> = async (app, options) => {
  app.addHook('onRequest', allowBullBoard);
  app.addHook<string>('onSend', async (_request, reply, payload) =>
    String(reply.getHeader('content-type')).startsWith('text/html') ? withoutWebFonts(payload) : payload,
  );

  const board = new FastifyAdapter().setBasePath(app.basePath + app.prefix);
  createBullBoard({
    queues: options.shards.flatMap(({ name, queues, removal }) =>
      queues.map((queue) => new QueueAdapter(queue, removal, name)),
    ),
    serverAdapter: board,
    options: {
      uiConfig: {
        boardTitle: 'Backend Jobs',
        // For each queue that it shows the board asks Redis for the list of all clients, again and again.
        showWorkers: options.shards.length === 1,
        miscLinks: [{ text: 'Overview', url: `${app.basePath}/admin` }],
      },
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
