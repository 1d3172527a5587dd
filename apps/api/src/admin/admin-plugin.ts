import type { Redrives } from '@backend-jobs/jobs';
import type { FastifyPluginAsync } from 'fastify';
import { type DashboardOptions, dashboardPlugin } from '../dashboard/dashboard-plugin.ts';
import { Problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/send-problem.ts';
import { type Login, loginsPlugin } from './access/logins-plugin.ts';
import type { Trail } from './access/trail.ts';
import { trailPlugin } from './access/trail-plugin.ts';
import { deliveriesPage, type ReadDeliveries } from './pages/deliveries-page.ts';
import { failuresPage } from './pages/failures-page.ts';
import { type FindOptions, findPage } from './pages/find-page.ts';
import { overviewPage } from './pages/overview-page.ts';
import { redrivePage } from './pages/redrive-page.ts';
import { redriveRoutes } from './pages/redrive-routes.ts';
import type { ServiceStateOptions } from './pages/service-state.ts';
import { trailPage } from './pages/trail-page.ts';

export interface AdminOptions {
  logins: readonly Login[];
  trail: Trail;
  service: ServiceStateOptions;
  find: FindOptions;
  redrives: Redrives;
  readDeliveries: ReadDeliveries;
  board: DashboardOptions;
}

/**
 * All that operators have, at the `prefix` that this plugin is registered with: behind a login, and with a trail of what
 * they do. Do not wrap this plugin in `fastify-plugin`: its hooks would then apply to the other routes as well.
 */
export const adminPlugin: FastifyPluginAsync<AdminOptions> = async (
  app,
  { logins, trail, service, find, redrives, readDeliveries, board },
) => {
  // Before the login, so that the log has those who could not log in, too.
  await app.register(trailPlugin, { trail });
  await app.register(loginsPlugin, { logins });
  // A handler of this context, so that a URL that does not exist needs the login as well.
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem('not-found')));
  await app.register(overviewPage, { service });
  await app.register(findPage, find);
  await app.register(trailPage, { trail });
  await app.register(deliveriesPage, { readDeliveries });
  await app.register(failuresPage, { service, redrives });
  await app.register(redrivePage, { redrives });
  await app.register(redriveRoutes, { redrives });
  await app.register(dashboardPlugin, { prefix: '/queues', ...board });
};
