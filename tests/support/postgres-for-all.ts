import { appMain, findPostgres, runProgram, startPostgres } from '@backend-jobs/local-services';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the tests of this run make databases: each new one has the schema. `undefined`: Redis keeps everything. */
    postgresUrl: string | undefined;
  }
}

/**
 * Starts the PostgreSQL of a whole run. The schema goes into `template1`, of which PostgreSQL makes every new database a
 * copy: a test file has one of its own in a moment.
 */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const reports: string[] = [];
  const programs = await findPostgres('system', { report: (line) => void reports.push(line) });
  if (!programs) throw new Error(`There is no PostgreSQL. ${reports.at(-1) ?? ''}`);
  // Each process of each world has connections of its own.
  const server = await startPostgres({ programs, settings: { max_connections: '400' } });
  const { code, output } = await runProgram(appMain('migrate'), { DATABASE_URL: server.urlOf('template1') });
  if (code !== 0) throw new Error(output);
  project.provide('postgresUrl', server.url);
  return () => server.stop();
};
