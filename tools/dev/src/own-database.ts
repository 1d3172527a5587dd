import { findPostgres, startPostgres } from '@backend-jobs/local-services';
import { parseDatabaseUrl } from '@backend-jobs/postgres';
import type { NamedDatabase } from './config.ts';

/**
 * Starts a PostgreSQL whose data are kept in `folder`, and puts it on `opened`.
 *
 * @throws when there is none that could be started here
 */
export const openOwnDatabase = async (
  { folder, find = findPostgres }: { folder: string; find?: typeof findPostgres },
  opened: AsyncDisposableStack,
  report: (line: string) => void,
): Promise<NamedDatabase> => {
  const programs = (await find('system', { report })) ?? (await find('newest', { report }));
  if (!programs)
    throw new Error(
      'There is no PostgreSQL to start. Install PostgreSQL 15 or newer (Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql), or name one in DATABASE_URL',
    );
  report(`PostgreSQL: ${programs.name}`);
  const server = await startPostgres({ programs, folder });
  opened.defer(() => server.stop());
  return { url: server.url, ...parseDatabaseUrl(server.url, { isProduction: false }) };
};
