import { destination, type Logger, type LoggerOptions, pino } from 'pino';
import pretty from 'pino-pretty';
import { errorFacts, messageOf } from './error-facts.ts';

export type { Logger };

/** How every line logs an error, those of libraries as well. */
export const errorLogging: LoggerOptions = {
  serializers: { err: errorFacts },
  hooks: {
    // Where a line has no text of its own, pino takes the message of the error as it is.
    logMethod([first, text, ...rest]: unknown[], log) {
      const error = first instanceof Error ? first : (first as { err?: unknown } | undefined)?.err;
      if (!(error instanceof Error)) return log.apply(this, [first, text, ...rest] as never);
      const facts = first === error ? { err: error } : first;
      const ownText = text === undefined || text === error.message ? messageOf(error) : text;
      return log.apply(this, [facts, ownText, ...rest] as never);
    },
  },
};

/**
 * Logs JSON, or readable lines if this is a terminal and not production. `process` is in each line, since the
 * logs of many processes are often collected in one place.
 */
export const createLogger = (options: { process: string; level: string; production: boolean }): Logger => {
  const base = { process: options.process, pid: process.pid };
  const settings = { level: options.level, base, ...errorLogging };
  const readable = process.stdout.isTTY && !options.production;
  // Not in sync, so that the lines of one turn of the event loop share a system call. The end of the process
  // writes the rest.
  if (!readable) return pino(settings, destination({ sync: false }));
  return pino(settings, pretty({ colorize: true, ignore: 'pid', singleLine: true, sync: true }));
};
