import type { JobDefinition } from '@backend-jobs/jobs';
import type { UserId } from '@backend-jobs/sign-ups';
import type { Static, TSchema } from '@sinclair/typebox';
import type { Job } from 'bullmq';

/** What an operator sees of a job that is done. It holds nothing personal. */
export type JobReport = Record<string, string | number>;

/**
 * How a run of a job ended, unless it threw. An error that is thrown spends an attempt, and the job is tried again.
 *
 * - `completed`: it is done.
 * - `failed`: no further attempt can help. Only an operator can have it run again.
 * - `parked`: it waits for its children, and was moved there already.
 * - `later`: it runs again after `delayMs`, behind the jobs that wait by then. No attempt is spent.
 */
export type JobResult =
  | { next: 'completed'; report: JobReport }
  | { next: 'failed'; reason: string }
  | { next: 'parked' }
  | { next: 'later'; delayMs: number };

export interface JobRun<Payload> {
  payload: Payload;
  job: Job<Payload>;
  /** The lock of this run, which BullMQ asks for when the job is moved. */
  token: string;
}

/**
 * What a worker does with one kind of job. Each line of `process` may run twice, since a worker can die after any of
 * them, and has to be harmless the second time.
 */
export interface Processor<Payload extends TSchema = TSchema> {
  job: JobDefinition<Payload>;
  process(run: JobRun<Static<Payload>>): Promise<JobResult>;
  /**
   * Records that the job of this user has failed and will not be tried again. `lost` is how often a worker has died with it.
   * A job of nobody is not recorded.
   */
  giveUp(userId: UserId, error: Error, lost: number): Promise<void>;
}
