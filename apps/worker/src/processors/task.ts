import type { JobDefinition } from '@backend-jobs/jobs';
import type { Static, TSchema } from '@sinclair/typebox';
import type { Job } from 'bullmq';

/**
 * What a worker does with a job. Each line may run twice, since a worker can die after any of them, and has to be
 * harmless the second time.
 */
type Processor<Payload extends TSchema> = (context: {
  payload: Static<Payload>;
  job: Job<Static<Payload>>;
  token: string;
}) => Promise<JobReport>;

/** What an operator sees of a job that is done. It holds nothing personal. */
export type JobReport = Record<string, string | number>;

/** A job, what to do with it, and what to write down when it is given up. */
export interface Task<Payload extends TSchema> {
  definition: JobDefinition<Payload>;
  process: Processor<Payload>;
  giveUp: (job: Job<Static<Payload>>, error: Error) => Promise<void>;
}
