import { constants, fstatSync, openSync } from 'node:fs';
import { destination } from 'pino';

/** So much of the log waits for a reader; lines beyond it are dropped, and counted. */
const longestBacklogBytes = 4 * 1024 * 1024;

/** How long the end of the process waits for a reader of the last lines. */
const lastLinesMs = 1_000;

/**
 * Standard output, which may have a reader that has stopped: then neither does its backlog grow without end, nor does it
 * keep the process from ending. `report` is called with how many lines were dropped, once there is a reader again.
 *
 * Lines that are written in one turn of the event loop share a system call.
 */
export const openLogDestination = (report: (dropped: number) => void) => {
  let deadlineMs = Number.POSITIVE_INFINITY;
  // Before the destination's own hook, which writes what is left.
  process.once('exit', () => {
    deadlineMs = performance.now() + lastLinesMs;
  });
  const stream = destination({
    fd: openWithoutBlocking(),
    sync: false,
    maxLength: longestBacklogBytes,
    retryEAGAIN: () => performance.now() < deadlineMs,
  });
  let dropped = 0;
  stream.on('drop', () => {
    dropped += 1;
  });
  stream.on('drain', () => {
    const before = dropped;
    dropped = 0;
    if (before > 0) report(before);
  });
  return stream;
};

/**
 * A write to a full pipe would block the process, at its end for ever. The mode belongs to what is open, which other
 * processes share; so standard output is opened once more. Where that can't be, as with a socket, it is taken as it is. A
 * file is not opened again: it never blocks, and processes that share it must share their place in it, too.
 */
const openWithoutBlocking = (): number => {
  try {
    if (fstatSync(1).isFile()) return 1;
    return openSync('/dev/fd/1', constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK);
  } catch {
    return 1;
  }
};
