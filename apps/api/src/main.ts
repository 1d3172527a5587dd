import { setTimeout as sleep } from 'node:timers/promises';
import { createJobRemoval, createRedrives, createSignUpProducer, openQueues } from '@backend-jobs/jobs';
import { readDeliveries } from '@backend-jobs/mail/deliveries';
import { createMailPulse } from '@backend-jobs/mail/mail-pulse';
import { connectDatabase, createDatabaseProbe, impatient } from '@backend-jobs/postgres';
import {
  connectDashboard,
  connectProducer,
  connectSubscriber,
  createReplicaFence,
  createWriteProbe,
  watchRedis,
} from '@backend-jobs/redis';
import { createKeyedHash, createLogger, createOwnHosts, readEnvironmentOrExit } from '@backend-jobs/runtime';
import { createRedisSignUpChanges, migrations, openStores, watchMove } from '@backend-jobs/sign-ups';
import { type MetricsServer, openTracing, startMetricsServer } from '@backend-jobs/telemetry';
import closeWithGrace from 'close-with-grace';
import { createTrail } from './admin/access/trail.ts';
import { buildApp } from './app.ts';
import { apiVariables } from './config.ts';
import { createBoardHistory } from './dashboard/board-history.ts';
import { createIntake } from './intake/create-intake.ts';
import { createRequestSpans } from './plugins/request-spans.ts';
import { createQueueReader } from './read-queues.ts';
import { createScalingReader } from './read-scaling.ts';
import { createSignUps } from './sign-ups.ts';
import { createSignUpStreams } from './streams/sign-up-streams.ts';

const config = readEnvironmentOrExit(apiVariables, process.env);
const prefix = config.keyPrefix;
const production = config.isProduction;
const logger = createLogger({
  process: 'api',
  level: config.logLevel,
  production,
  ...(config.tracing && { facts: () => tracing?.facts() ?? {} }),
});
const tracing = await openTracing(config.tracing, { service: 'backend-jobs-api', logger });

const connection = connectProducer(config.redis, { name: 'api', keyPrefix: config.keyPrefix });
const fenceConnection =
  config.acceptReplicas > 0
    ? connectProducer(config.redis, { name: 'api-fence', keyPrefix: prefix })
    : undefined;
fenceConnection?.on('error', () => {}); // the other connection reports that Redis is away
const untilReplicated =
  fenceConnection &&
  createReplicaFence(connection, fenceConnection, { keyPrefix: prefix, replicas: config.acceptReplicas });
const canWrite = createWriteProbe(connection, prefix, untilReplicated);
const redis = watchRedis(connection, { logger, production, allowed: config.redisAllow, canWrite });
void watchMove(connection, { keyPrefix: prefix, usesDatabase: Boolean(config.database), changes: false });
const database = connectDatabase(config, { name: 'api', mode: impatient, migrations, logger });
const hash = createKeyedHash(config.hashSecret);
const storeOptions = {
  database,
  keyPrefix: prefix,
  hashSecret: config.hashSecret,
  limits: { perMailbox: config.mailboxLimit, perDomain: config.domainLimit },
};
const queues = openQueues({ connection, prefix, telemetry: tracing?.queues });
// Loaded only where somebody wants to know.
const metrics =
  config.metricsPort === undefined
    ? undefined
    : (await import('./metrics.ts')).createApiMetrics({
        isRedisAway: redis.isAway,
        readQueues: createQueueReader({
          connection,
          queues,
          ...openStores(connection, storeOptions),
          isRedisAway: redis.isAway,
        }),
        readScaling: createScalingReader({
          queues: [queues.users, queues.emails].map((queue) => ({ queue, connection })),
          isRedisAway: redis.isAway,
        }),
        openStreams: () => streams.count,
      });
const observedStoreOptions = { ...storeOptions, events: metrics?.signUps };
const { signUpStore, accepted } = openStores(connection, observedStoreOptions);

const dashboardConnection = connectDashboard(config.redis, {
  name: 'dashboard',
  keyPrefix: config.keyPrefix,
});
dashboardConnection.on('error', () => {}); // the other connection reports that Redis is away
const dashboardQueues = openQueues({ connection: dashboardConnection, prefix });
const dashboardStores = openStores(dashboardConnection, observedStoreOptions);

const boardQueues = [dashboardQueues.users, dashboardQueues.emails, dashboardQueues.maintenance];

const intake = createIntake({
  connection,
  keyPrefix: prefix,
  hash,
  signUpStore,
  accepted,
  producer: createSignUpProducer(queues),
  onAccepted: metrics?.onAccepted,
  untilReplicated,
});
const signUps = createSignUps(signUpStore, intake);

const subscriber = connectSubscriber(config.redis, { name: 'api-changes', keyPrefix: config.keyPrefix });
const changes = createRedisSignUpChanges(subscriber, {
  keyPrefix: prefix,
  onRefused: ({ message }) =>
    logger.warn({ reason: message }, 'Redis refuses channels: streams look at their sign-ups each second'),
});
const streams = createSignUpStreams({ signUps, changes, logger, max: config.maxStreams });

let draining = false;
const app = await buildApp({
  logger,
  basePath: config.basePath ?? '',
  connection,
  canWrite,
  takesWrites: database && createDatabaseProbe(database.query),
  keyPrefix: prefix,
  hash,
  signUps,
  streams,
  hasSignUpPage: config.hasSignUpPage,
  signUpLimit: config.signUpLimit,
  apiKeys: config.apiKeys,
  admin: {
    logins: config.logins,
    trail: createTrail(dashboardConnection, prefix),
    service: {
      queues: dashboardQueues,
      connection: dashboardConnection,
      welcomeEmails: dashboardStores.welcomeEmails,
      pulse: createMailPulse(dashboardConnection, prefix),
    },
    find: {
      connection: dashboardConnection,
      queues: dashboardQueues,
      signUpStore: dashboardStores.signUpStore,
      accepted: dashboardStores.accepted,
    },
    redrives: createRedrives({
      connection: dashboardConnection,
      prefix,
      queues: dashboardQueues,
      ...dashboardStores,
    }),
    readDeliveries: (fromMs) => readDeliveries(dashboardConnection, prefix, fromMs),
    board: {
      queues: boardQueues,
      history: createBoardHistory(dashboardConnection, boardQueues, prefix),
      removal: createJobRemoval(dashboardQueues, dashboardStores),
    },
  },
  isOwnHost: config.isDevelopment ? createOwnHosts(config.host) : undefined,
  trustProxy: config.trustProxy,
  timeoutsMs: {
    request: config.requestTimeoutMs,
    headers: config.headersTimeoutMs,
    keepAlive: config.keepAliveTimeoutMs,
  },
  connectionLimits: config.connectionLimits,
  isDraining: () => draining,
  observers: [
    ...(tracing ? [createRequestSpans(tracing, { isTrusted: config.trustsTraceparent })] : []),
    ...(metrics ? [metrics.plugin] : []),
  ],
});
if (config.logins.length === 0) logger.warn("ADMIN_PASSWORD is not set: the operators' pages are closed");
if (config.apiKeys.size === 0) logger.warn('API_KEYS is not set: anybody who reaches /users may sign up');
if (!config.signUpLimit) logger.warn('RATE_LIMIT is off: one client may sign up without end');

let metricsServer: MetricsServer | undefined;
const stopTimeoutMs = config.drainDelayMs + config.shutdownTimeoutMs;
closeWithGrace({ delay: stopTimeoutMs, logger }, async ({ signal, err }) => {
  if (err) logger.fatal(err, 'API failed');
  logger.info({ signal }, 'API stops');
  draining = true;
  if (!err) await sleep(config.drainDelayMs);
  await app.close();
  await Promise.all([queues.close(), dashboardQueues.close(), database?.close()]);
  connection.disconnect();
  fenceConnection?.disconnect();
  dashboardConnection.disconnect();
  subscriber.disconnect();
  await Promise.all([metricsServer?.close(), tracing?.close()]);
});

if (metrics && config.metricsPort !== undefined) {
  metricsServer = await startMetricsServer({
    host: config.host,
    port: config.metricsPort,
    sources: { '/metrics': metrics.source, '/scaling': metrics.scaling },
  });
}

await app.listen({ host: config.host, port: config.port });
