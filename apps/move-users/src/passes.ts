import type { Database } from '@backend-jobs/postgres';
import { Progress } from '@backend-jobs/runtime';
import type { Redis } from 'ioredis';
import { countNames, type Names, noNames, type RedisNames } from './names.ts';
import type { Difference, Mode, Reconcile } from './reconcile.ts';
import { countsTable, keysTable, pageOf, signUpsTable, type Table } from './tables.ts';

const pageSize = 1_000;

/** What a pass has found and done. */
export interface Pass {
  looked: number;
  written: number;
  differences: Difference[];
}

interface Deps {
  connection: Redis;
  redisNames: RedisNames;
  database: Database;
  reconcile: Reconcile;
}

/** Where a pass over Redis begins, and what is told of where it is. */
interface Cursor {
  from?: string;
  keep?: (cursor: string) => Promise<void>;
}

/** Goes through all there is on one side, and reconciles it with the other. */
export const createPasses = ({ connection, redisNames, database, reconcile }: Deps) => {
  const start = (name: string, total: number) => {
    const progress = new Progress({ name, things: 'keys', total });
    const pass: Pass = { looked: 0, written: 0, differences: [] };
    return {
      pass,
      take: async (names: Names, mode: Mode, seen: number) => {
        const { written, differences } = await reconcile(names, mode);
        pass.looked += countNames(names);
        pass.written += written;
        pass.differences.push(...differences);
        progress.show(seen);
      },
      end: (): Pass => {
        progress.end();
        return pass;
      },
    };
  };

  return {
    /** All that Redis has, or what it has in keys like `match`. A sign-up can be met twice: by its record, and by its job. */
    overRedis: async (
      name: string,
      mode: Mode,
      { from = '0', keep, match = '*' }: Cursor & { match?: string } = {},
    ): Promise<Pass> => {
      const { take, end } = start(name, await connection.dbsize());
      let seen = 0;
      let cursor = from;
      do {
        const [next, keys] = await connection.scan(cursor, 'MATCH', match, 'COUNT', pageSize);
        seen += match === '*' ? keys.length : pageSize;
        const names = redisNames.toNames(keys);
        if (countNames(names) > 0) await take(names, mode, seen);
        cursor = next;
        await keep?.(cursor);
      } while (cursor !== '0');
      return end();
    },

    /** All that PostgreSQL has. */
    overDatabase: async (name: string, mode: Mode): Promise<Pass> => {
      const total = await countRows(database);
      const { take, end } = start(name, total);
      let seen = 0;
      for (const [kind, table] of kinds) {
        let after = table.keyType === 'uuid' ? '00000000-0000-0000-0000-000000000000' : '';
        for (let isLast = false; !isLast; ) {
          const rows = await database.query({ text: pageOf(table) }, [after, pageSize]);
          const names = rows.map((row) => row.name as string);
          seen += names.length;
          await take({ ...noNames, [kind]: names }, mode, seen);
          after = names.at(-1) ?? after;
          isLast = names.length < pageSize;
        }
      }
      return end();
    },
  };
};
export type Passes = ReturnType<typeof createPasses>;

const kinds = [
  ['signUps', signUpsTable],
  ['keys', keysTable],
  ['counts', countsTable],
] as const satisfies [keyof Names, Table][];

const countRows = async (database: Database): Promise<number> => {
  const counts = kinds.map(([, { name }]) => `(SELECT count(*) FROM ${name})`);
  const [row] = await database.query({ text: `SELECT (${counts.join(' + ')})::float8 AS total` });
  return Number(row?.total);
};
