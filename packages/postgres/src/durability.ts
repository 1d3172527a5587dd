import type { Query } from './database.ts';

/** PostgreSQL would lose what it has acknowledged, and `DATABASE_ALLOW` does not allow it. */
export class UndurableDatabaseError extends Error {
  override name = 'UndurableDatabaseError';
}

/** What makes this PostgreSQL lose, in a crash, what it has acknowledged; `undefined` if nothing does. */
export const readDurabilityFault = async (query: Query): Promise<string | undefined> => {
  const [row] = await query({
    text: "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit",
  });
  if (row?.fsync === 'off') return 'PostgreSQL does not wait for the disk: set fsync to on';
  if (row?.commit === 'off') return 'PostgreSQL answers before it has written: set synchronous_commit to on';
  return undefined;
};
