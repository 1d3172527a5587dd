import type { Server } from 'node:http';
import {
  createSignUpRepair,
  createWelcomeEmailChild,
  openQueues,
  sendWelcomeEmailJob,
} from '@backend-jobs/jobs';
import { connectWorker, watchRedis } from '@backend-jobs/redis';
import { createLogger, readEnvironmentOrExit, toMs, toRate, untilDeadline } from '@backend-jobs/runtime';
import { openStores } from '@backend-jobs/sign-ups';
import type { Worker } from 'bullmq';
import closeWithGrace from 'close-with-grace';
import { WorkerConfig } from './config.ts';
import { startHealthServer } from './health-server.ts';
import { createMailer } from './mail/mailer.ts';
import { createOutageLog } from './mail/outage-log.ts';
import { createWelcomeEmailComposer } from './mail/welcome-email.ts';
import { createUserProcessor } from './processors/create-user.ts';
import type { Processor } from './processors/processor.ts';
import { reconcileSignUpsProcessor } from './processors/reconcile-sign-ups.ts';
import { sendWelcomeEmailProcessor } from './processors/send-welcome-email.ts';
import { startWorker, type WorkerOptions } from './start-worker.ts';

const config = readEnvironmentOrExit(WorkerConfig, process.env);
const prefix = config.KEY_PREFIX;
const from = config.MAIL_FROM ?? 'Backend Jobs <welcome@backend-jobs.example>';
const production = config.NODE_ENV === 'production';
const logger = createLogger({
  process: 'worker',
  level: config.LOG_LEVEL,
  production,
});

const connection = connectWorker(config.REDIS_URL, 'worker');
watchRedis(connection, { logger, production, allowed: config.REDIS_ALLOW.split(',') });
const mailer = createMailer({ smtpUrl: config.SMTP_URL, maxConnections: config.EMAILS_CONCURRENCY });
const { signUpStore, welcomeEmails } = openStores(connection, {
  keyPrefix: prefix,
  hashSecret: config.HASH_SECRET,
});
const queues = openQueues({ connection, prefix });
const repair = createSignUpRepair(queues);
const reconcileEveryMs = toMs(config.RECONCILE_INTERVAL);

/** Every kind of job that this worker does. */
const processors: Processor[] = [
  createUserProcessor({ signUpStore, welcomeEmails, child: createWelcomeEmailChild(queues) }),
  sendWelcomeEmailProcessor({
    welcomeEmails,
    mailer,
    composeWelcomeEmail: createWelcomeEmailComposer(from),
    outageLog: createOutageLog(logger),
    pauseEmails: (durationMs) => queues.emails.rateLimit(durationMs),
    maxCopies: config.WELCOME_EMAIL_ON_UNKNOWN === 'hold' ? 1 : sendWelcomeEmailJob.options.attempts,
    deadlineMs: toMs(config.WELCOME_EMAIL_DEADLINE),
  }),
  reconcileSignUpsProcessor({ welcomeEmails, repair, graceMs: reconcileEveryMs }),
];

const workers: Worker[] = [];
let health: Server | undefined;

// Registered before anything works, so that a signal finds what there is to finish.
const shutdownTimeoutMs = toMs(config.SHUTDOWN_TIMEOUT);
closeWithGrace({ delay: shutdownTimeoutMs + 1_000, logger }, async ({ signal, err }) => {
  if (err) logger.fatal(err, 'worker failed');
  logger.info({ signal }, 'worker stops: it finishes the jobs that it has');
  health?.close();
  const finished = await untilDeadline(
    Promise.all(workers.map((worker) => worker.close())),
    shutdownTimeoutMs,
  );
  if (!finished) logger.warn('worker stops with jobs unfinished: another worker takes them over');
  mailer.close();
  await queues.close();
  connection.disconnect();
});

/** A BullMQ worker observes a pause of its queue for a time only if it has a limiter: this one is too high to limit. */
const unlimited = { max: 1_000_000, durationMs: 1_000 };

/** By queue; a queue that is not named here has one job at a time. */
const limits: Record<string, Pick<WorkerOptions, 'concurrency' | 'rate'>> = {
  users: { concurrency: config.USERS_CONCURRENCY },
  emails: {
    concurrency: config.EMAILS_CONCURRENCY,
    rate: config.EMAILS_RATE === undefined ? unlimited : toRate(config.EMAILS_RATE),
  },
};
for (const [queue, itsProcessors] of Map.groupBy(processors, ({ job }) => job.queue)) {
  const limit = limits[queue] ?? { concurrency: 1 };
  workers.push(startWorker(queue, itsProcessors, { connection, prefix, logger, ...limit }));
}
repair
  .schedule(reconcileEveryMs)
  .catch((error) => logger.error(error, 'could not schedule the reconciliation'));

const isReady = async () => {
  const runs = workers.every((worker) => worker.isRunning());
  return runs && (await untilDeadline(connection.ping(), 1_000).catch(() => false));
};
if (config.HEALTH_PORT !== undefined) {
  health = await startHealthServer({ host: config.HOST, port: config.HEALTH_PORT, isReady });
}
logger.info({ users: config.USERS_CONCURRENCY, emails: config.EMAILS_CONCURRENCY }, 'worker started');
