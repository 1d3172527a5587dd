import type { Logger } from '@backend-jobs/runtime';
import { type FastifyServerFactory, LogController } from 'fastify';
import { withoutBasePath } from './base-path.ts';
import type { ConnectionLimits } from './connections/connection-limits.ts';
import { createBoundedServer } from './connections/create-server.ts';
import { requestId } from './plugins/request-id.ts';
import { createClientErrorHandler } from './problems/client-error-handler.ts';
import { unroutableUrlHandler } from './problems/unroutable-url-handler.ts';
import { trusts } from './trusted-proxies.ts';
import { ajvOptions } from './validation.ts';

export interface ServerOptions {
  logger: Logger;
  /** What clients see in front of each path of this API: `/svc`, or nothing. */
  basePath: string;
  /** The proxies whose `X-Forwarded-For` is believed: addresses, networks and names that `proxy-addr` knows. */
  trustProxy: string[] | undefined;
  /** For a whole request to arrive, for its headers alone, and for the next request on an open connection. */
  timeoutsMs: { request: number; headers: number; keepAlive: number };
  connectionLimits: ConnectionLimits;
}

/** How Fastify reads requests, and what it does with those that reach no route. */
export const serverOptions = ({
  basePath,
  logger,
  trustProxy,
  timeoutsMs,
  connectionLimits,
}: ServerOptions) => ({
  loggerInstance: logger,
  logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
  genReqId: requestId,
  trustProxy: trustProxy ?? false,
  bodyLimit: 16 * 1024,
  serverFactory: ((handle) =>
    createBoundedServer(handle, {
      http: {
        requestTimeout: timeoutsMs.request,
        headersTimeout: timeoutsMs.headers,
        keepAliveTimeout: timeoutsMs.keepAlive,
        connectionsCheckingInterval: 1_000,
        requireHostHeader: false, // a hook requires it, and responds with a problem
      },
      limits: connectionLimits,
      isProxy: trusts(trustProxy),
      logger,
    })) satisfies FastifyServerFactory,
  clientErrorHandler: createClientErrorHandler(basePath),
  ...(basePath && { rewriteUrl: withoutBasePath(basePath) }),
  frameworkErrors: unroutableUrlHandler,
  // A process that stops still serves the requests that arrive on its open connections.
  return503OnClosing: false,
  ajv: ajvOptions,
});
