import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { Job, type Queue } from 'bullmq';

/** A queue as Bull Board shows it. */
export class QueueAdapter extends BullMQAdapter {
  constructor(queue: Queue) {
    super(queue);
    this.setFormatter('data', maskPerson);
  }

  /** A retry by hand is a new start: Bull Board alone would give an exhausted job one try more. */
  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    if (job) job.retry = (state) => Job.prototype.retry.call(job, state, { resetAttemptsMade: true });
    return job;
  }
}

/** The dashboard tells an operator about jobs, not about people. */
const maskPerson = (data: Record<string, unknown>) =>
  data.newUser ? { ...data, newUser: { name: '•••', email: '•••' } } : data;
