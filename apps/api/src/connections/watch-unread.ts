import type { Logger } from '@backend-jobs/runtime';
import type { Connection } from './connection.ts';
import type { ConnectionLimits, CutOffReason } from './connection-limits.ts';

interface WatchOptions extends Pick<ConnectionLimits, 'responseTimeoutMs' | 'maxUnsentBytes'> {
  logger: Logger;
}

const everyMs = 250;
const reportEveryMs = 60_000;

/**
 * Watches the connections that have a request to be answered. It cuts off clients that take too long to receive a
 * response, and where responses take too much memory together, those that have waited longest: a client that reads is
 * never one of them for long.
 */
export const watchUnread = ({ responseTimeoutMs, maxUnsentBytes, logger }: WatchOptions) => {
  /** In the order in which their requests began. */
  const busy = new Set<Connection>();
  const counts: Partial<Record<CutOffReason, number>> = {};
  let reportedAtMs = Number.NEGATIVE_INFINITY;

  const report = (reason: CutOffReason) => {
    counts[reason] = (counts[reason] ?? 0) + 1;
  };
  const cutOff = (connection: Connection, reason: CutOffReason) => {
    connection.cutOff();
    report(reason);
  };

  const cutOffLate = (nowMs: number) => {
    for (const connection of busy) {
      if (connection.unsentBytes === 0) {
        if (connection.isStream) connection.unreadSinceMs = undefined;
        continue;
      }
      connection.unreadSinceMs ??= nowMs;
      if (nowMs - connection.unreadSinceMs >= responseTimeoutMs) cutOff(connection, 'response-timeout');
    }
  };

  const cutOffBeyondMemory = () => {
    let excess = -maxUnsentBytes;
    for (const connection of busy) excess += connection.heldBytes;
    for (const connection of busy) {
      if (excess <= 0) return;
      if (connection.unsentBytes === 0) continue;
      excess -= connection.heldBytes;
      cutOff(connection, 'unsent');
    }
  };

  const look = () => {
    const nowMs = performance.now();
    cutOffLate(nowMs);
    cutOffBeyondMemory();
    if (Object.keys(counts).length === 0 || nowMs - reportedAtMs < reportEveryMs) return;
    logger.warn({ connections: { ...counts } }, 'connections were cut off or refused');
    reportedAtMs = nowMs;
    for (const reason of Object.keys(counts)) delete counts[reason as CutOffReason];
  };

  let timer: NodeJS.Timeout | undefined;
  return {
    start: () => {
      timer = setInterval(look, everyMs).unref();
    },
    stop: () => clearInterval(timer),
    add: (connection: Connection) => void busy.add(connection),
    delete: (connection: Connection) => void busy.delete(connection),
    cutOff,
    report,
  };
};
