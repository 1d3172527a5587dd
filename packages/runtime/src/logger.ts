import { destination, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

/**
 * Logs JSON, or readable lines if this is a terminal and not production. `process` is in each line, since the
 * logs of many processes are often collected in one place.
 */
export const createLogger = (options: { process: string; level: string; production: boolean }): Logger => {
  const base = { process: options.process, pid: process.pid };
  const readable = process.stdout.isTTY && !options.production;
  // Not in sync, so that the lines of one turn of the event loop share a system call. The end of the process
  // writes the rest.
  if (!readable) return pino({ level: options.level, base }, destination({ sync: false }));
  return pino(
    { level: options.level, base },
    pretty({ colorize: true, ignore: 'pid', singleLine: true, sync: true }),
  );
};
