import { hostname } from 'node:os';
import { retryDelayMs } from '@backend-jobs/jobs';
import { isOutage } from '@backend-jobs/redis';
import { type Logger, messageOf } from '@backend-jobs/runtime';
import { isUserId } from '@backend-jobs/sign-ups';
import {
  type BackendFactory,
  createRedisBackend,
  type Job,
  type RedisQueueBackend,
  type Telemetry,
  UnrecoverableError,
  Worker,
} from 'bullmq';
import type { Redis } from 'ioredis';
import type { Processor } from './processors/processor.ts';
import { runJob } from './run-job.ts';

/**
 * Another worker takes over what a killed one held when its lock has run out and two checks have passed: after 13 s at
 * the most. A lock that is shorter than a pause of the event loop would run jobs twice. A job whose worker died with it
 * five times is taken for the cause, and fails.
 */
const recovery = { lockDuration: 8_000, stalledInterval: 2_500, maxStalledCount: 4, runRetryDelay: 1_000 };

/** For so long BullMQ counts what ends in each minute, for the dashboard. */
const minutesADay = 24 * 60;

/** Returns a function that says whether a text was not given to it within `withinMs`. */
const createRepetitionFilter = (withinMs: number) => {
  let last = { text: '', atMs: Number.NEGATIVE_INFINITY };
  return (text: string): boolean => {
    if (text === last.text && performance.now() - last.atMs < withinMs) return false;
    last = { text, atMs: performance.now() };
    return true;
  };
};

/** A job that was added by hand may hold anything: the log gets no more of it than a name or an id needs. */
const short = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.slice(0, 128) : undefined;

export interface WorkerOptions {
  connection: Redis;
  redis: { isAway: () => boolean };
  prefix: string;
  /** Jobs of this queue at once in this process. */
  concurrency: number;
  /** Has a run wait until no more of its kind run than may in this process, whatever queues they are in. */
  takeTurn?: (<Report>(run: () => Promise<Report>) => Promise<Report>) | undefined;
  /** Jobs in a time, in all processes together. A queue that can be paused for a time needs one, however high. */
  rate?: { max: number; durationMs: number } | undefined;
  logger: Logger;
  /** Traces what jobs do. */
  telemetry?: Telemetry | undefined;
  /** Called for each run of a job; has to return or throw what `run` does. */
  observeRun?: ObserveRun | undefined;
  /** What carries out BullMQ's steps in Redis, in place of its own. */
  backendFactory?: BackendFactory<RedisQueueBackend> | undefined;
}

export type ObserveRun = <Report>(queue: string, run: () => Promise<Report>) => Promise<Report>;

const runUnobserved: ObserveRun = (_queue, run) => run();

/**
 * Works on one queue, with one processor for each kind of job. A job's payload is checked before its processor sees it.
 * A job with a bad payload, or a name that no processor has, fails at once and for good.
 */
export const startWorker = (queue: string, processors: Processor[], options: WorkerOptions): Worker => {
  const { connection, redis, prefix, concurrency, rate, logger, telemetry } = options;
  const {
    observeRun = runUnobserved,
    takeTurn = (run) => run(),
    backendFactory = createRedisBackend,
  } = options;
  const processorOf = (job: { name: string } | undefined) =>
    processors.find((processor) => processor.job.name === job?.name);

  const worker = new Worker(
    queue,
    async (job: Job, token = '') => {
      const processor = processorOf(job);
      if (!processor)
        throw new UnrecoverableError(`No processor in the queue ${queue} has the name '${short(job.name)}'`);
      return takeTurn(() => observeRun(queue, () => runJob(processor, job, token)));
    },
    {
      connection,
      prefix,
      concurrency,
      ...recovery,
      // As the dashboard lists it.
      name: `${hostname()}:${process.pid}`,
      metrics: { maxDataPoints: minutesADay },
      ...(rate && { limiter: { max: rate.max, duration: rate.durationMs } }),
      ...(telemetry && { telemetry }),
      settings: {
        backoffStrategy: (attemptsMade, _type, _error, job) =>
          retryDelayMs(processorOf(job)?.job.options.backoff.delay ?? 1_000, attemptsMade),
      },
    },
    backendFactory,
  );
  const describe = (job: Job | undefined) => ({
    job: short(job?.name),
    jobId: short(job?.id),
    requestId: short(job?.data?.requestId),
  });

  worker.on('completed', (job, report) => logger.info({ ...describe(job), report }, 'job completed'));
  worker.on('failed', (job, error) => {
    const facts = { ...describe(job), reason: messageOf(error), attempt: job?.attemptsMade };
    if (!job?.finishedOn) return logger.info(facts, 'job will be tried again');
    logger.warn(facts, 'job failed');
    const userId: unknown = job.data?.userId;
    if (!isUserId(userId)) return;
    processorOf(job)
      ?.giveUp(userId, error, job.stalledCounter)
      .catch((cause) => logger.error({ err: cause }, 'could not record that a job failed'));
  });
  worker.on('stalled', (jobId) =>
    logger.warn({ jobId }, 'job stalled: its worker died, or was too busy to renew its lock'),
  );
  const isNews = createRepetitionFilter(60_000);
  worker.on('error', (error) => {
    // The connection's owner reports once that Redis is away; here each attempt would be logged.
    if (redis.isAway() || !isNews(error.message)) return;
    if (isOutage(error)) logger.warn({ queue, reason: messageOf(error) }, 'Redis refused the worker');
    else logger.error({ queue, err: error }, 'worker error');
  });
  return worker;
};
