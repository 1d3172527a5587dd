import { DatabaseOutage } from './database-errors.ts';

/** In how many steps the time is counted. */
const steps = 5;

/**
 * Resolves as `work` does, or rejects when that has taken `timeoutMs`. pg's own timeouts are timers: after a pause of this
 * process the replies lie unread in the sockets, and the timers run out before they are read. So this counts rounds of
 * the event loop, and a pause is one of them.
 *
 * @throws {DatabaseOutage} `work` goes on then, and nobody waits for it
 */
export const beforeSilence = <Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> =>
  new Promise((resolve, reject) => {
    let left = steps;
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      reject(new DatabaseOutage(`no reply after ${timeoutMs} ms`));
    }, timeoutMs / steps);
    work.finally(() => clearInterval(timer)).then(resolve, reject);
  });
