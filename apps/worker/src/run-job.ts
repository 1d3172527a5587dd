import { type JobDefinition, NewerPayloadError, parsePayload } from '@backend-jobs/jobs';
import type { Static, TSchema } from '@sinclair/typebox';
import { DelayedError, type Job, UnrecoverableError, WaitingChildrenError } from 'bullmq';
import type { JobReport, JobResult, Processor } from './processors/processor.ts';

/** How far apart the suspects come back, after more than one death. */
const suspectSpreadMs = 5_000;

/** A job that a newer version wrote waits for a worker of that version, while an upgrade may be under way. */
const newerVersion = { delayMs: 5_000, deadlineMs: 24 * 60 * 60 * 1_000 };

/** Runs one job with its processor, in the terms of BullMQ: what is not `completed` is an error of BullMQ's. */
export const runJob = async (processor: Processor, job: Job, token: string): Promise<JobReport> => {
  const result =
    (await standApart(job)) ??
    (await withPayload(processor.job, job, (payload) => processor.process({ payload, job, token })));
  switch (result.next) {
    case 'completed':
      return result.report;
    case 'failed':
      throw new UnrecoverableError(result.reason);
    case 'parked':
      throw new WaitingChildrenError();
    case 'later':
      await job.moveToDelayed(Date.now() + result.delayMs, token);
      throw new DelayedError();
  }
};

/**
 * Jobs that were in one worker when it died come back together, and the one that killed it would take the others with
 * it each time. From the second death on each waits for a random time, so that the culprit can be told from the
 * bystanders. A job's progress says which death it has waited for.
 */
const standApart = async (job: Job): Promise<JobResult | undefined> => {
  if (job.stalledCounter < 2 || job.progress === job.stalledCounter) return undefined;
  await job.updateProgress(job.stalledCounter);
  return { next: 'later', delayMs: Math.random() * suspectSpreadMs };
};

const withPayload = <Payload extends TSchema>(
  definition: JobDefinition<Payload>,
  job: Job,
  use: (payload: Static<Payload>) => Promise<JobResult>,
): Promise<JobResult> | JobResult => {
  let payload: Static<Payload>;
  try {
    payload = parsePayload(definition, job.data);
  } catch (error) {
    if (!(error instanceof NewerPayloadError)) throw error;
    if (Date.now() > job.timestamp + newerVersion.deadlineMs)
      return { next: 'failed', reason: error.message };
    return { next: 'later', delayMs: newerVersion.delayMs };
  }
  return use(payload);
};
