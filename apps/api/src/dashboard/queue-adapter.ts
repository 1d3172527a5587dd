import type { NewUser } from '@backend-jobs/sign-ups';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { Job, type Queue } from 'bullmq';

/** A queue as the dashboard shows it: with masked personal data, and jobs that can be retried but not edited. */
export class QueueAdapter extends BullMQAdapter {
  constructor(queue: Queue) {
    super(queue);
    this.setFormatter('data', maskPerson);
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    if (job) job.updateData = refuseEdits;
    return job && withFreshRetry(job);
  }

  override async getJobs(...range: Parameters<BullMQAdapter['getJobs']>): Promise<Job[]> {
    return (await super.getJobs(...range)).map(withFreshRetry);
  }
}

/** A retry by an operator starts anew, with all attempts. Bull Board would give a job without attempts left only one. */
const withFreshRetry = (job: Job): Job => {
  job.retry = (state) => Job.prototype.retry.call(job, state, { resetAttemptsMade: true });
  return job;
};

/** The dashboard shows a masked copy. Saving it would destroy the only record of a person who waits for the sign-up. */
const refuseEdits = async (): Promise<never> => {
  throw new Error('The data of a job cannot be edited here');
};

/**
 * An operator needs to see the jobs and not the people. The mask leaves enough to tell one job from another. A job that
 * was added by hand may hold anything, even nothing.
 */
const maskPerson = (data: { newUser?: Partial<NewUser> } | null) =>
  data?.newUser ? { ...data, newUser: mask(data.newUser) } : data;

/** `A•••` and `a•••@e•••.com`. */
const mask = ({ name, email }: Partial<NewUser>) => {
  const [local, domain = ''] = String(email).split('@');
  const topLevel = domain.slice(domain.lastIndexOf('.') + 1);
  return { name: maskWord(String(name)), email: `${maskWord(local)}@${maskWord(domain)}.${topLevel}` };
};

const maskWord = (word = ''): string => `${[...word][0] ?? ''}•••`;
