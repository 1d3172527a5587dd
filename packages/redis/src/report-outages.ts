import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@backend-jobs/runtime';
import type { Redis } from 'ioredis';
import type { WriteProbe } from './write-probe.ts';

const betweenTriesMs = 1_000;

/**
 * Reports once that Redis is away, and once that it is back, however many attempts lie between. It is away when there is
 * no connection, and when it refuses a write: it is full, or a replica. It is back when it takes one.
 */
export const reportOutages = (
  connection: Redis,
  { canWrite, away, back }: { canWrite: WriteProbe; away: (reason: string) => void; back: () => void },
): { isAway: () => boolean } => {
  let isAway = false;
  let isChecking = false;

  const noticeAway = (reason: string) => {
    if (!isAway) away(reason);
    isAway = true;
  };

  /** Tries until Redis takes a write, or the connection is gone: the next one begins anew. */
  const check = async (inMs: number) => {
    if (isChecking) return;
    isChecking = true;
    await sleep(inMs, undefined, { ref: false });
    while (connection.status === 'ready') {
      const error = await canWrite().then(
        () => undefined,
        (reason: Error) => reason,
      );
      if (!error) {
        if (isAway) back();
        isAway = false;
        break;
      }
      noticeAway(messageOf(error));
      await sleep(betweenTriesMs, undefined, { ref: false });
    }
    isChecking = false;
  };

  connection.on('error', (error: Error) => noticeAway(messageOf(error)));
  connection.on('close', () => connection.status === 'end' || noticeAway('the connection was closed'));
  connection.on('refused', (error: Error) => {
    // This user may be allowed other commands.
    if (!error.message.startsWith('NOPERM')) noticeAway(messageOf(error));
    // Later, since what the probe knows may be older than this refusal.
    void check(betweenTriesMs);
  });
  connection.on('ready', () => check(0));
  return { isAway: () => isAway };
};
