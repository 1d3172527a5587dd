import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { KeyedHash, Logger } from '@backend-jobs/runtime';
import { formats } from '@backend-jobs/sign-ups';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Ajv } from 'ajv';
import { type FastifyError, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify';
import type { Redis } from 'ioredis';
import { answerClientError } from './client-error.ts';
import { allowedMethodsPlugin } from './plugins/allowed-methods.ts';
import type { ApiKeys } from './plugins/api-keys.ts';
import { type DashboardOptions, dashboardPlugin } from './plugins/dashboard.ts';
import { openapiPlugin } from './plugins/openapi.ts';
import { problemsPlugin, sendProblem, toProblem } from './plugins/problems.ts';
import { rateLimitsPlugin } from './plugins/rate-limits.ts';
import { securityHeaders, securityHeadersPlugin } from './plugins/security-headers.ts';
import { healthRoutes } from './routes/health.ts';
import { problemsRoutes } from './routes/problems.ts';
import { type SignUpLimit, usersRoutes } from './routes/users.ts';
import type { SignUps } from './sign-ups.ts';

export interface AppOptions {
  logger: Logger;
  connection: Redis;
  keyPrefix: string;
  hash: KeyedHash;
  signUps: SignUps;
  signUpLimit: SignUpLimit | undefined;
  apiKeys: ApiKeys;
  dashboard: DashboardOptions;
  /** Proxies whose word about the client's address is taken, as `proxy-addr` has it. */
  trustProxy: string[] | undefined;
  timeoutsMs: { request: number; headers: number; keepAlive: number };
  /** Whether this process is about to stop: it still answers, and asks its clients to go elsewhere. */
  isDraining: () => boolean;
}

/** Puts the HTTP server together, out of parts that its caller opened and closes. It does no I/O. */
export const buildApp = async (options: AppOptions) => {
  const { connection, keyPrefix, hash, timeoutsMs, isDraining } = options;
  const app = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    bodyLimit: 16 * 1024,
    trustProxy: options.trustProxy ?? false,
    requestTimeout: timeoutsMs.request,
    keepAliveTimeout: timeoutsMs.keepAlive,
    http: { headersTimeout: timeoutsMs.headers, connectionsCheckingInterval: 1_000 },
    clientErrorHandler: answerClientError,
    frameworkErrors: answerUnroutable,
    // What comes in over a connection that is still open is answered, also while this process stops.
    return503OnClosing: false,
    genReqId: requestId,
    // Strict: what a client sent is taken as it is, or refused with every fault named.
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true },
      // After Fastify has added its own, whose idea of an email is another.
      onCreate: addFormats,
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('caller', '');
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (isDraining()) reply.header('connection', 'close');
  });
  app.addHook('onResponse', logAnswer);

  await app.register(problemsPlugin);
  await app.register(allowedMethodsPlugin);
  await app.register(securityHeadersPlugin);
  await app.register(rateLimitsPlugin, {
    ...{ connection, keyPrefix, hash },
    trustsProxy: options.trustProxy !== undefined,
  });
  await app.register(openapiPlugin);
  await app.register(usersRoutes, options);
  await app.register(healthRoutes, { connection, isDraining });
  await app.register(problemsRoutes);
  await app.register(dashboardPlugin, { prefix: '/admin/queues', ...options.dashboard });
  return app;
};

/** A URL that leads to no route, however one reads it; no hook has seen the request. */
const answerUnroutable = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
  reply.headers({ ...securityHeaders, 'x-request-id': request.id });
  return sendProblem(reply, toProblem(error));
};

const addFormats = (ajv: Ajv): void => {
  for (const [name, isValid] of Object.entries(formats)) ajv.addFormat(name, isValid);
};

/** A caller's own id goes on through API, jobs and email, where it is one that fits in a log line. */
const requestId = ({ headers }: IncomingMessage): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
};

/**
 * One line a request, with neither the client's address nor what it put into the URL: both can tell who it was. What a
 * page fetches for itself, as the dashboard does every few seconds, is told at debug.
 */
const logAnswer = async (request: FastifyRequest, reply: FastifyReply) => {
  const { method, url, routeOptions, caller } = request;
  const durationMs = Math.round(reply.elapsedTime * 10) / 10;
  const line = { method, route: routeOptions.url, status: reply.statusCode, durationMs };
  const isPage = method === 'GET' && /^\/(admin|docs)\b/.test(url);
  request.log[isPage ? 'debug' : 'info']({ ...line, ...(caller && { caller }) }, 'answered');
};
