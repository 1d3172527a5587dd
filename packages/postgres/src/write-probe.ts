import type { Query } from './database.ts';
import { DatabaseOutage } from './database-errors.ts';

/** What was found stays true for so long: however many ask, PostgreSQL is asked once in this time. */
const validMs = 1_000;

/** Returns a function that rejects when PostgreSQL does not take writes: it can't be reached, or is a replica by now. */
export const createDatabaseProbe = (query: Query): (() => Promise<void>) => {
  let validUntilMs = Number.NEGATIVE_INFINITY;
  let last = Promise.resolve();

  const ask = async (): Promise<void> => {
    validUntilMs = Number.POSITIVE_INFINITY; // while it is under way
    try {
      const [row] = await query({ text: "SELECT current_setting('transaction_read_only') AS read_only" });
      if (row?.read_only === 'on') throw new DatabaseOutage('PostgreSQL takes no writes');
    } finally {
      validUntilMs = performance.now() + validMs;
    }
  };

  return () => {
    if (performance.now() >= validUntilMs) {
      last = ask();
      last.catch(() => {}); // whoever asks gets it
    }
    return last;
  };
};
