import { type Logger, type LoggerOptions, pino } from 'pino';
import pretty from 'pino-pretty';
import { errorFacts, messageOf } from './error-facts.ts';
import { openLogDestination } from './log-destination.ts';
import { readableLine } from './readable-line.ts';

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
 * logs of many processes are often collected in one place. `facts` returns what a line has besides, when it is written.
 */
export const createLogger = (options: {
  process: string;
  level: string;
  production: boolean;
  facts?: (() => object) | undefined;
}): Logger => {
  const { facts } = options;
  const base = { process: options.process, pid: process.pid };
  const settings = { level: options.level, base, ...errorLogging, ...(facts && { mixin: facts }) };
  const readable = process.stdout.isTTY && !options.production;
  if (readable)
    return pino(
      settings,
      pretty({
        colorize: true,
        sync: true,
        translateTime: 'SYS:HH:MM:ss',
        ignore: 'pid,hostname',
        hideObject: true,
        messageFormat: readableLine,
      }),
    );
  const logger: Logger = pino(
    settings,
    openLogDestination((dropped) =>
      logger.warn({ dropped }, 'log lines were dropped: nobody read them in time'),
    ),
  );
  return logger;
};
