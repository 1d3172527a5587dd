import { isOutage } from '@backend-jobs/redis';
import { Job, type Queue } from 'bullmq';

/**
 * Reads a job. One that can't be read, because somebody has changed it in Redis, is replaced by one that says so: it must
 * not take the page of its whole queue with it, and has to be there to be removed.
 */
export const readJob = async (queue: Queue, id: string): Promise<Job | undefined> => {
  try {
    return await queue.getJob(id);
  } catch (error) {
    if (isOutage(error)) throw error;
    const job = new Job(queue, 'unreadable', {}, {}, id);
    job.failedReason = 'What Redis has of this job can not be read';
    return job;
  }
};
