import { parsePayload } from '@backend-jobs/jobs';
import type { Logger } from '@backend-jobs/runtime';
import type { TSchema } from '@sinclair/typebox';
import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Task } from './processors/task.ts';

/**
 * A worker whose process was killed loses its locks after `lockDuration`, and two checks later another takes over what
 * it held: 13 s at the most. A lock shorter than a pause of the event loop would run jobs twice.
 */
const recovery = { lockDuration: 8_000, stalledInterval: 2_500, maxStalledCount: 20 };

/** A worker without a limiter does not see that another has put the queue on hold; this one limits nothing else. */
const heedHolds = { max: 1_000_000, duration: 1_000 };

/** Works on one queue. A job's payload is checked before the task sees it; a bad one fails at once, and for good. */
export const startWorker = <Payload extends TSchema>(
  { definition, process, giveUp }: Task<Payload>,
  options: { connection: Redis; prefix: string; concurrency: number; logger: Logger },
): Worker => {
  const { connection, prefix, concurrency, logger } = options;
  const worker = new Worker(
    definition.queue,
    (job: Job, token = '') => process({ payload: parsePayload(definition, job.data), job, token }),
    { connection, prefix, concurrency, ...recovery, limiter: heedHolds },
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
  worker.on('error', (error) => logger.error(error, 'worker error'));
  return worker;
};
