import { destination, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

/**
 * JSON lines where a machine reads them, readable lines on a terminal. `process` names who wrote a line, since the
 * lines of many processes end in one place.
 */
export const createLogger = (options: { process: string; level: string; production: boolean }): Logger => {
  const base = { process: options.process, pid: process.pid };
  const readable = process.stdout.isTTY && !options.production;
  // Not one system call a line: what is written in one turn goes out together, and the rest when the process ends.
  if (!readable) return pino({ level: options.level, base }, destination({ sync: false }));
  return pino(
    { level: options.level, base },
    pretty({ colorize: true, ignore: 'pid', singleLine: true, sync: true }),
  );
};
