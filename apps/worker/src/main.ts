import type { Server } from 'node:http';
import {
  countDurations,
  createRedriveRunner,
  createSignUpRepair,
  createWelcomeEmailChild,
  durationsLayout,
  openQueues,
} from '@backend-jobs/jobs';
import {
  countDeliveries,
  createMailer,
  createMailPulse,
  createServiceHealth,
  createWelcomeEmailComposer,
  deliveriesLayout,
} from '@backend-jobs/mail';
import { connectDatabase, createDatabaseProbe, patient } from '@backend-jobs/postgres';
import { connectWorker, createHourlyCounter, createWriteProbe, watchRedis } from '@backend-jobs/redis';
import { createLogger, messageOf, readEnvironmentOrExit, untilDeadline } from '@backend-jobs/runtime';
import { migrations, openStores, watchMove } from '@backend-jobs/sign-ups';
import { type MetricsServer, openTracing, startMetricsServer } from '@backend-jobs/telemetry';
import type { Worker } from 'bullmq';
import closeWithGrace from 'close-with-grace';
import { workerVariables } from './config.ts';
import { startHealthServer } from './health-server.ts';
import { createUserProcessor } from './processors/create-user.ts';
import type { Processor } from './processors/processor.ts';
import { reconcileSignUpsProcessor } from './processors/reconcile-sign-ups.ts';
import { redriveProcessor } from './processors/redrive.ts';
import { sendWelcomeEmailProcessor } from './processors/send-welcome-email.ts';
import { startWorker, type WorkerOptions } from './start-worker.ts';
import { traceMailer } from './trace-mailer.ts';

const config = readEnvironmentOrExit(workerVariables, process.env);
const prefix = config.keyPrefix;
const production = config.isProduction;
const logger = createLogger({
  process: 'worker',
  level: config.logLevel,
  production,
  ...(config.tracing && { facts: () => tracing?.facts() ?? {} }),
});
const tracing = await openTracing(config.tracing, { service: 'backend-jobs-worker', logger });

const connection = connectWorker(config.redis, { name: 'worker', keyPrefix: config.keyPrefix });
const canWrite = createWriteProbe(connection, prefix);
const redis = watchRedis(connection, { logger, production, allowed: config.redisAllow, canWrite });
const usersAreHere = watchMove(connection, {
  keyPrefix: prefix,
  usesDatabase: Boolean(config.database),
  changes: true,
});
// Loaded only where somebody wants to know.
const metrics =
  config.metricsPort === undefined
    ? undefined
    : (await import('./metrics.ts')).createWorkerMetrics({
        isRedisAway: redis.isAway,
        isMailOut: () => serviceHealth.isOut(),
        traceId: () => tracing?.facts().traceId,
      });
const plainMailer = createMailer({ settings: config.smtp, maxConnections: config.emailsConcurrency, logger });
const tracedMailer = tracing ? traceMailer(plainMailer, tracing, config.smtp.host) : plainMailer;
const mailer = metrics ? metrics.observeMailer(tracedMailer) : tracedMailer;
const database = connectDatabase(config, { name: 'worker', mode: patient, migrations, logger });
const takesWrites = database && createDatabaseProbe(database.query);
const { signUpStore, welcomeEmails, accepted } = openStores(connection, {
  database,
  keyPrefix: prefix,
  hashSecret: config.hashSecret,
  limits: { perMailbox: config.mailboxLimit, perDomain: config.domainLimit },
  events: metrics?.signUps,
});
const queues = openQueues({ connection, prefix, telemetry: tracing?.queues });
const deliveries = createHourlyCounter(connection, deliveriesLayout(prefix));
const durations = createHourlyCounter(connection, durationsLayout(prefix));
const repair = createSignUpRepair(queues, connection);
const redriveRunner = createRedriveRunner({ connection, prefix, queues, welcomeEmails });
const serviceHealth = createServiceHealth({
  pulse: createMailPulse(connection, prefix),
  pauseEmails: (durationMs) => queues.emails.rateLimit(durationMs),
  logger,
});

/** Every kind of job that this worker does. */
const processors: Processor[] = [
  createUserProcessor({ signUpStore, welcomeEmails, accepted, child: createWelcomeEmailChild(queues) }),
  sendWelcomeEmailProcessor({
    welcomeEmails,
    mailer: countDeliveries(mailer, deliveries),
    composeWelcomeEmail: createWelcomeEmailComposer(config.mailFrom),
    serviceHealth,
    maxCopies: config.maxCopies,
    deadlineMs: config.welcomeEmailDeadlineMs,
  }),
  reconcileSignUpsProcessor({
    signUpStore,
    welcomeEmails,
    accepted,
    repair,
    graceMs: config.reconcileIntervalMs,
  }),
  redriveProcessor({ runner: redriveRunner }),
];

const workers: Worker[] = [];
let health: Server | undefined;
let metricsServer: MetricsServer | undefined;

// Registered before anything works, so that a signal finds what there is to finish.
closeWithGrace({ delay: config.shutdownTimeoutMs + 1_000, logger }, async ({ signal, err }) => {
  if (err) logger.fatal(err, 'worker failed');
  logger.info({ signal }, 'worker stops: it finishes the jobs that it has');
  health?.close();
  mailer.close();
  const finished = await untilDeadline(
    Promise.all(workers.map((worker) => worker.close())),
    config.shutdownTimeoutMs,
  );
  if (!finished) logger.warn('worker stops with jobs unfinished: another worker takes them over');
  await untilDeadline(Promise.all([deliveries.flush(), durations.flush()]), 1_000);
  await queues.close();
  await database?.close();
  connection.disconnect();
  await Promise.all([metricsServer?.close(), tracing?.close()]);
});

if (metrics && config.metricsPort !== undefined) {
  metricsServer = await startMetricsServer({
    host: config.host,
    port: config.metricsPort,
    sources: { '/metrics': metrics.source },
  });
}

const isReady = async () => {
  const runs = workers.length > 0 && workers.every((worker) => worker.isRunning());
  const usable = Promise.all([canWrite(), takesWrites?.()]);
  return runs && (await untilDeadline(usable, 1_000).catch(() => false));
};
if (config.healthPort !== undefined) {
  health = await startHealthServer({ host: config.host, port: config.healthPort, isReady });
}

// From here on it takes jobs.
await usersAreHere;
/** A BullMQ worker observes a pause of its queue for a time only if it has a limiter: this one is too high to limit. */
const unlimited = { max: 1_000_000, durationMs: 1_000 };

/** By queue; a queue that is not named here has one job at a time. */
const limits: Record<string, Pick<WorkerOptions, 'concurrency' | 'rate'>> = {
  users: { concurrency: config.usersConcurrency },
  emails: {
    concurrency: config.emailsConcurrency,
    rate: config.emailsRate ?? unlimited,
  },
};
for (const [queue, itsProcessors] of Map.groupBy(processors, ({ job }) => job.queue)) {
  const limit = limits[queue] ?? { concurrency: 1 };
  const observers = { telemetry: tracing?.queues, observeRun: metrics?.observeRun };
  const worker = startWorker(queue, itsProcessors, {
    connection,
    redis,
    prefix,
    logger,
    ...observers,
    ...limit,
  });
  countDurations(worker, durations);
  metrics?.watch(worker);
  workers.push(worker);
}
// Asked for again and again, and not planned ahead: a plan can be removed on the dashboard, lost with Redis' data, or
// made by a worker whose clock is wrong.
const reconcile = () =>
  Promise.all([repair.requestRun(config.reconcileIntervalMs), redriveRunner.resume()]).catch((error) =>
    logger.warn({ reason: messageOf(error) }, 'could not ask for a reconciliation'),
  );
void reconcile();
setInterval(reconcile, config.reconcileIntervalMs).unref();

logger.info({ users: config.usersConcurrency, emails: config.emailsConcurrency }, 'worker started');
