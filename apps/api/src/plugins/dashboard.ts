import { createHash, timingSafeEqual } from 'node:crypto';
import { createBullBoard } from '@bull-board/api';
import { FastifyAdapter } from '@bull-board/fastify';
import basicAuth from '@fastify/basic-auth';
import type { Queue } from 'bullmq';
import type { FastifyPluginAsync } from 'fastify';
import { Problem } from '../problem.ts';
import { sendProblem } from './problems.ts';
import { QueueAdapter } from './queue-adapter.ts';

export interface DashboardOptions {
  queues: readonly Queue[];
  /** Without a password nobody gets in. */
  admin: { user: string; password: string | undefined };
}

/**
 * Bull Board behind a login, at the `prefix` that this plugin is registered with. It brings no login of its own, and
 * its hook must cover no other route: keep this plugin a context of its own.
 */
export const dashboardPlugin: FastifyPluginAsync<DashboardOptions> = async (app, { queues, admin }) => {
  await app.register(basicAuth, {
    authenticate: { realm: 'Backend Jobs' },
    validate: async (user, password) => {
      if (!admin.password) throw new Problem('unauthorized', 'Closed: ADMIN_PASSWORD is not set');
      if (!isSame(user, admin.user) || !isSame(password, admin.password)) throw new Problem('unauthorized');
    },
  });
  // Answered here, since Bull Board's own error handler is the nearest to its routes.
  app.addHook('onRequest', (request, reply, done) => {
    app.basicAuth.call(app, request, reply, (error) => {
      if (error) sendProblem(reply, error instanceof Problem ? error : new Problem('unauthorized'));
      else done();
    });
  });

  const board = new FastifyAdapter().setBasePath(app.prefix);
  createBullBoard({
    queues: queues.map((queue) => new QueueAdapter(queue)),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'Backend Jobs' } },
  });
  await app.register(board.registerPlugin());
};

/** In constant time; hashed first, since the comparison needs equal lengths. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

const digest = (text: string) => createHash('sha256').update(text).digest();
