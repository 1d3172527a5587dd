import { type JobDefinition, NewerPayload, parsePayload, retryDelayMs } from '@backend-jobs/jobs';
import type { Logger } from '@backend-jobs/runtime';
import type { Static, TSchema } from '@sinclair/typebox';
import { type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Task } from './processors/task.ts';
import { putBack } from './put-back.ts';

/**
 * A worker whose process was killed loses its locks after `lockDuration`, and two checks later another takes over what
 * it held: 13 s at the most. A lock shorter than a pause of the event loop would run jobs twice. A job that was in hand
 * when its worker died, five times, is taken for what killed it, and fails.
 */
const recovery = { lockDuration: 8_000, stalledInterval: 2_500, maxStalledCount: 4, runRetryDelay: 1_000 };

/** How far apart the suspects come back, after more than one death. */
const suspectSpreadMs = 5_000;

/** A job that a newer version wrote waits for a worker of that version, while an upgrade may be under way. */
const newerVersion = { putBackMs: 5_000, deadlineMs: 24 * 60 * 60 * 1_000 };

export interface WorkerOptions {
  connection: Redis;
  prefix: string;
  /** Jobs at once in this process. */
  concurrency: number;
  /** Jobs in a time, in all processes together. A queue that is put on hold needs one, however high. */
  rate?: { max: number; durationMs: number } | undefined;
  logger: Logger;
}

/** Works on one queue. A job's payload is checked before the task sees it; a bad one fails at once, and for good. */
export const startWorker = <Payload extends TSchema>(
  { definition, process, giveUp }: Task<Payload>,
  options: WorkerOptions,
): Worker => {
  const { connection, prefix, concurrency, rate, logger } = options;
  const worker = new Worker(
    definition.queue,
    async (job: Job, token = '') => {
      await standApart(job, token);
      const payload = await readPayload(definition, job, token);
      return process({ payload, job, token });
    },
    {
      ...{ connection, prefix, concurrency },
      ...recovery,
      ...(rate && { limiter: { max: rate.max, duration: rate.durationMs } }),
      settings: {
        backoffStrategy: (attemptsMade) => retryDelayMs(definition.options.backoff.delay, attemptsMade),
      },
    },
  );
  const describe = (job: Job | undefined) => ({
    job: job?.name,
    jobId: job?.id,
    requestId: job?.data.requestId,
  });

  worker.on('completed', (job, report) => logger.info({ ...describe(job), report }, 'job completed'));
  worker.on('failed', (job, error) => {
    logger.warn({ ...describe(job), reason: error.message, attempt: job?.attemptsMade }, 'job failed');
    if (job?.finishedOn)
      giveUp(job, error).catch((cause) => logger.error(cause, 'could not write down a failure'));
  });
  worker.on('stalled', (jobId) => logger.warn({ jobId }, 'job stalled: its worker died or was too busy'));
  // That Redis is away is told by the connection's owner, once; here it would be told by each attempt.
  worker.on('error', (error) => connection.status === 'ready' && logger.error(error, 'worker error'));
  return worker;
};

/**
 * Jobs that were in one worker when it died come back together, and the one that killed it would take the others with
 * it each time. From the second death on each waits by chance, so that the culprit can be told from the bystanders. A
 * job's progress says which death it has waited for.
 */
const standApart = async (job: Job, token: string): Promise<void> => {
  if (job.stalledCounter < 2 || job.progress === job.stalledCounter) return;
  await job.updateProgress(job.stalledCounter);
  await putBack(job, token, Math.random() * suspectSpreadMs);
};

const readPayload = async <Payload extends TSchema>(
  definition: JobDefinition<Payload>,
  job: Job,
  token: string,
): Promise<Static<Payload>> => {
  try {
    return parsePayload(definition, job.data);
  } catch (error) {
    if (!(error instanceof NewerPayload)) throw error;
    if (Date.now() > job.timestamp + newerVersion.deadlineMs) throw new UnrecoverableError(error.message);
    return putBack(job, token, newerVersion.putBackMs);
  }
};
