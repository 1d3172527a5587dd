import type { JobRemoval, RemovableState } from '@backend-jobs/jobs';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { Job, type JobState, type Queue } from 'bullmq';
import { boardDelimiter, boardPrefix } from './board-name.ts';
import { longestPage } from './board-rules.ts';
import { maskPerson } from './mask-person.ts';
import { readJob } from './read-job.ts';

/** A queue as the dashboard shows it: with masked personal data, and with removals that the sign-ups know of. */
export class QueueAdapter extends BullMQAdapter {
  readonly #queue: Queue;
  readonly #removal: JobRemoval;

  /** @param shard the name of its shard; empty if there is one only */
  constructor(queue: Queue, removal: JobRemoval, shard: string) {
    super(queue, {
      prefix: boardPrefix(shard),
      delimiter: boardDelimiter,
    });
    this.#queue = queue;
    this.#removal = removal;
    this.setFormatter('data', maskPerson);
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await readJob(this.#queue, id);
    if (!job) return undefined;
    // A retry by an operator starts anew, with all attempts. Bull Board would give a job without attempts left only one.
    job.retry = (state) => Job.prototype.retry.call(job, state, { resetAttemptsMade: true });
    job.remove = () => this.#removal.remove(this.#queue, id);
    job.removeUnprocessedChildren = () => this.#removal.removeChild(id);
    return job;
  }

  override async getJobs(states: JobState[], start = 0, end = start + longestPage - 1): Promise<Job[]> {
    const ids = await this.#queue.getRanges(states, start, end);
    const jobs = await Promise.all(ids.map((id) => this.getJob(id)));
    return jobs.filter((job) => job !== undefined);
  }

  /** The newest of them. */
  override async getJobLogs(id: string): Promise<string[]> {
    return (await this.#queue.getJobLogs(id, -longestPage, -1)).logs;
  }

  override async clean(state: string): Promise<void> {
    await this.#removal.removeAll(this.#queue, state as RemovableState);
  }

  override async empty(): Promise<void> {
    await this.#removal.removeAll(this.#queue, 'waiting');
    await this.#removal.removeAll(this.#queue, 'prioritized');
  }
}
