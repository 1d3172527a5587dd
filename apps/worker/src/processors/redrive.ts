import { type RedrivePayload, type RedriveRunner, redriveJob } from '@backend-jobs/jobs';
import type { Processor } from './processor.ts';

/**
 * Takes what a redrive has named, a second's worth in each run, until it is finished or stopped. How far it is stands in
 * Redis, and not in the job.
 */
export const redriveProcessor = ({
  runner,
}: {
  runner: RedriveRunner;
}): Processor<typeof RedrivePayload> => ({
  job: redriveJob,
  process: async ({ payload }) => {
    const progress = await runner.advance(payload.redriveId);
    if ('dueInMs' in progress) return { next: 'later', delayMs: progress.dueInMs };
    const { state = 'forgotten', taken = 0, skipped = 0 } = progress.ended ?? {};
    return { next: 'completed', report: { outcome: state, taken, skipped } };
  },
  giveUp: async () => {},
});
