import {
  findMachinePart,
  findPostgres,
  type PostgresServer,
  startPostgres,
} from '@backend-jobs/local-services';
import { test as base } from 'vitest';
import {
  type Database,
  type impatient,
  openDatabase,
  parseDatabaseUrl,
  type patient,
} from '../../src/index.ts';

const programs = await findMachinePart({
  name: 'PostgreSQL',
  tests: 'how PostgreSQL is used',
  find: (search) => findPostgres('system', search),
});

/** Waits for no PostgreSQL that is away, and for longer than a busy machine keeps one from replying. */
const unhurried = { timeoutMs: 10_000, waits: false };

interface Opening {
  mode?: typeof impatient | typeof patient;
  url?: string;
  poolSize?: number;
  prepares?: boolean;
}

/** `server` is a PostgreSQL of the file's own, and `open` opens it as an app does; the test closes what it opens. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: how vitest wants to be told that a fixture needs no other
  .extend('server', { scope: 'file' }, async ({}, { onCleanup }): Promise<PostgresServer> => {
    const server = await startPostgres({ programs: programs.get(), settings: { max_connections: '24' } });
    onCleanup(() => server.stop());
    return server;
  })
  .extend('open', async ({ server }, { onCleanup }) => {
    const opened = new AsyncDisposableStack();
    onCleanup(() => opened.disposeAsync());
    return ({ mode = unhurried, url = server.url, poolSize = 2, prepares = true }: Opening = {}) => {
      const news: string[] = [];
      const database: Database = openDatabase(
        { ...parseDatabaseUrl(url, { isProduction: false }), prepares },
        {
          ...mode,
          name: 'test',
          poolSize,
          onAway: (reason) => void news.push(`away: ${reason}`),
          onBack: () => void news.push('back'),
        },
      );
      opened.defer(() => database.close());
      return { database, news };
    };
  });
test.beforeEach(programs.orSkip);
