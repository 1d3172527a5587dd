import { findPostgres, startPostgres } from '@backend-jobs/local-services';
import pg from 'pg';
import type { Bench } from '../bench.ts';
import { treeProcessorMs } from './tree-processor-ms.ts';

export interface BenchDatabase {
  url: string;
  sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
}

export interface BenchPostgres {
  version: string;
  createDatabase: (name: string) => Promise<BenchDatabase>;
  /** Of all its processes. */
  processorMs: () => Promise<number>;
}

/** A PostgreSQL that nobody else uses. It waits for the disk, as one that keeps people's sign-ups has to. */
export const openPostgres = async ({ opened }: Pick<Bench, 'opened'>): Promise<BenchPostgres> => {
  const programs = await findPostgres('system');
  if (!programs) throw new Error('There is no PostgreSQL here, and none could be had');
  const settings = {
    fsync: 'on',
    synchronous_commit: 'on',
    shared_buffers: '256MB',
    max_wal_size: '4GB',
    max_connections: '200',
  };
  const server = await startPostgres({ programs, settings });
  opened.defer(() => server.stop());
  const open = (url: string): BenchDatabase => {
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    opened.defer(() => pool.end());
    return { url, sql: async (text, values) => (await pool.query(text, values)).rows };
  };
  const { sql } = open(server.url);
  return {
    version: server.version,
    createDatabase: async (name) => {
      await sql(`CREATE DATABASE ${name}`);
      return open(server.urlOf(name));
    },
    processorMs: () => treeProcessorMs(server.pid as number),
  };
};
