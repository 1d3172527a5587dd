import { UserId } from '@backend-jobs/sign-ups';
import { type Static, Type } from '@sinclair/typebox';
import { defineJob } from '../define-job.ts';

export const RedrivePayload = Type.Object({ redriveId: UserId });
export type RedrivePayload = Static<typeof RedrivePayload>;

/**
 * Takes what a redrive has named, a second's worth in each run. In between the job is delayed, so that the other jobs of
 * this queue have their turn. One that fails for good is added again within a minute (`RedriveRunner.resume`).
 */
export const redriveJob = defineJob({
  name: 'redrive',
  queue: 'maintenance',
  version: 1,
  payload: RedrivePayload,
  options: {
    attempts: 5,
    backoff: { type: 'custom', delay: 1_000 },
    removeOnComplete: { count: 100 },
    removeOnFail: { count: 100 },
  },
});

/** One job for a redrive, however often it is added. */
export const redriveJobId = (redriveId: string): string => `redrive-${redriveId}`;
