import type { Redis } from 'ioredis';

/** In how many steps the time is counted. */
const steps = 5;

/**
 * Drops the connection, so that ioredis makes a new one, when commands have been unanswered for `silenceMs`. Without it
 * a connection whose other end vanished stays open for a quarter of an hour, the time that TCP tries again.
 *
 * ioredis' own `socketTimeout` is a timer on the socket, and `commandTimeout` one on each command. Both would also drop a
 * healthy connection: after a pause of this process the answers lie unread in the socket, and the timers run out before
 * they are read; and a command that takes long is no silence while other answers come. So this counts rounds of the
 * event loop in which commands were waiting and no byte came. Call what is returned to end the watch.
 */
export const dropWhenSilent = (connection: Redis, silenceMs: number): (() => void) => {
  let silentSteps = 0;
  let bytesReadBefore = 0;
  const watch = setInterval(() => {
    const { bytesRead } = connection.stream ?? { bytesRead: 0 };
    const isSilent = connection.commandQueue.length > 0 && bytesRead === bytesReadBefore;
    silentSteps = isSilent ? silentSteps + 1 : 0;
    bytesReadBefore = bytesRead;
    if (silentSteps < steps) return;
    silentSteps = 0;
    connection.disconnect(true);
  }, silenceMs / steps);
  // Not cleared when the connection ends: BullMQ ends one that blocks for too long, and opens it again.
  watch.unref();
  return () => clearInterval(watch);
};
