import { setTimeout as sleep } from 'node:timers/promises';
import type { Redrive, Redrives } from '@backend-jobs/jobs';
import { Progress } from '@backend-jobs/runtime';

const everyMs = 500;

/** Shows how far a redrive is until it runs no longer, and returns it; `undefined` for one that there is not. */
export const watchRedrive = async (redrives: Redrives, id: string): Promise<Redrive | undefined> => {
  let progress: Progress | undefined;
  for (;;) {
    const redrive = await redrives.find(id);
    if (redrive?.state !== 'running') {
      progress?.end();
      return redrive;
    }
    const done = redrive.taken + redrive.skipped;
    progress ??= new Progress({ name: 'redrive', things: 'jobs', total: redrive.named });
    progress.tell(done);
    await sleep(everyMs);
  }
};

/** `019bfa3e-…  running  1200 of 5000, 3 skipped, by ada: the relay is back` */
export const lineOf = ({ id, state, taken, skipped, named, order, stoppedBy }: Redrive): string =>
  [
    `${id}  ${state.padEnd(8)}  ${taken + skipped} of ${named}, ${skipped} skipped`,
    ...(order ? [`by ${order.by}: ${order.why}`] : []),
    ...(stoppedBy ? [`stopped by ${stoppedBy}`] : []),
  ].join(', ');
