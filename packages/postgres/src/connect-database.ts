import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, type impatient, openDatabase } from './database.ts';
import { isDatabaseOutage } from './database-errors.ts';
import type { DatabaseAddress } from './database-url.ts';
import { readDurabilityFault, UndurableDatabaseError } from './durability.ts';
import { requireSchema } from './schema.ts';

interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(facts: object, message: string): void;
}

/** As `databaseVariables` and `processVariables` have it. */
interface Config {
  database: DatabaseAddress | undefined;
  databasePool: number;
  databaseAllow: readonly string[];
  isProduction: boolean;
}

interface Options {
  name: string;
  mode: typeof impatient;
  /** The migrations of the schema that the process needs. */
  migrations: URL;
  logger: Log;
}

const betweenTriesMs = 1_000;

/**
 * Opens the database of a process, if it has one. Logs when PostgreSQL is away and when it is back, and checks each time
 * whether it has the right schema, and keeps what it is given. If it does not, that is an unhandled rejection: it ends the
 * process in order, with exit code 1. Nothing waits for it: an API has to be able to refuse while PostgreSQL is away.
 */
export const connectDatabase = (config: Config, { name, mode, migrations, logger }: Options) => {
  if (!config.database) return undefined;
  const database: Database = openDatabase(config.database, {
    ...mode,
    name,
    poolSize: config.databasePool,
    onAway: (reason) => logger.error({ reason }, 'PostgreSQL is away'),
    onBack: () => {
      logger.info('PostgreSQL is back');
      void check();
    },
  });

  const examine = async () => {
    await requireSchema(database.query, migrations);
    const fault = await readDurabilityFault(database.query);
    if (!fault) return;
    logger.warn(fault);
    if (config.isProduction && !config.databaseAllow.includes('async-commit'))
      throw new UndurableDatabaseError(`${fault}, or accept the loss: DATABASE_ALLOW=async-commit`);
  };

  let isChecking = false;
  const check = async () => {
    if (isChecking) return;
    isChecking = true;
    for (let isDone = false; !isDone && !database.isClosed(); ) {
      try {
        await examine();
        isDone = true;
      } catch (error) {
        if (!isDatabaseOutage(error)) throw error;
        await sleep(betweenTriesMs, undefined, { ref: false });
      }
    }
    isChecking = false;
  };
  void check();
  return database;
};
