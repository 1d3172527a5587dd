/** What the number of workers is decided by. Times are in ms. */
export interface Seen {
  workers: number;
  /** How long the oldest job has waited for its first start; 0 if none waits. */
  waitingMs: number;
  /** How many jobs they have at the moment. */
  activeJobs: number;
  /** Since the last change was complete: the workers that were started are ready, or those that were stopped are gone. */
  sinceChangeMs: number;
}

/** One machine runs them all. Each takes some 300 MB, and a processor when it has much to do. */
export const mostWorkers = 4;

/** What one worker has at once, as far as it waits for the mail server: `EMAILS_CONCURRENCY`. */
export const jobsOfWorker = 20;

/** Nobody notices less. */
const tooLongMs = 300;
/** As good as nothing: a job is looked at while it is being taken. */
const briefMs = 100;
const growAfterMs = 10_000;
const shrinkAfterMs = 25_000;

/**
 * How many workers there should be.
 *
 * A job that waits too long asks for more than twice as many: a load that has tripled would outgrow twice as many while the
 * next change is due. Later one goes after the other, as long as nothing waits and the others could do what is being done,
 * with room to spare. So nothing changes more often than every ten seconds, and a load that stays changes hardly anything.
 */
export const wantedWorkers = ({ workers, waitingMs, activeJobs, sinceChangeMs }: Seen): number => {
  if (waitingMs >= tooLongMs && sinceChangeMs >= growAfterMs) return Math.min(mostWorkers, 2 * workers + 1);
  const isEnough = workers > 1 && activeJobs <= 0.8 * jobsOfWorker * (workers - 1);
  if (waitingMs <= briefMs && isEnough && sinceChangeMs >= shrinkAfterMs) return workers - 1;
  return workers;
};
