import { randomUUID } from 'node:crypto';
import type { Database, Query } from '@backend-jobs/postgres';
import { type Move, readMove, writeMove } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';

/** The move can't begin, or go on. The message says what to do. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** This process' turn at a move. */
export interface Turn {
  move: Move;
  /** Where a copy that was interrupted goes on. */
  from: string;
  keep(cursor: string): Promise<void>;
  /** Whether no other process has taken over, or has finished the move. Call it in the transaction of a change. */
  isMine(query: Query): Promise<boolean>;
  setState(state: Move['state']): Promise<void>;
  /** Nothing is moved into this database any more. */
  finish(): Promise<void>;
}

interface Options {
  connection: Redis;
  keyPrefix: string;
  database: Database;
  /** Whether Redis has sign-ups. */
  hasSignUps: () => Promise<boolean>;
}

/**
 * Begins a move, or takes over the one that is there: from this call on, a process that had it before changes nothing more.
 *
 * @throws {Refusal} when Redis and PostgreSQL are not both of one move
 */
export const takeTurn = async (options: Options): Promise<Turn> => {
  const { connection, keyPrefix, database } = options;
  const run = randomUUID();
  const move = await findMove(options, run);
  const [row] = await database.query(
    { text: 'UPDATE user_moves SET run = $1 WHERE id = $2 RETURNING scan_cursor, redis_run' },
    [run, move.id],
  );
  // A cursor counts as long as Redis runs: the next run has its keys in another order.
  const redisRun = /^run_id:(\w+)/m.exec(await connection.info('server').catch(() => ''))?.[1] ?? run;
  const turn = { ...move };
  return {
    move: turn,
    from: row?.redis_run === redisRun ? String(row?.scan_cursor) : '0',

    keep: async (cursor) => {
      const text = `UPDATE user_moves SET scan_cursor = $2, redis_run = $3 WHERE run = $1 RETURNING 1`;
      requireRow(await database.query({ text }, [run, cursor, redisRun]));
    },

    isMine: async (query) => {
      const text = 'SELECT 1 FROM user_moves WHERE run = $1 AND NOT is_finished FOR SHARE';
      return (await query({ text }, [run])).length > 0;
    },

    setState: async (state) => {
      turn.state = state;
      await writeMove(connection, keyPrefix, turn);
    },

    finish: async () => {
      const text = 'UPDATE user_moves SET is_finished = true WHERE run = $1 RETURNING 1';
      requireRow(await database.query({ text }, [run]));
    },
  };
};

/** Another process moves the users now, or has moved them. */
export const overtaken = (): Refusal => new Refusal('Another npm run move:users has taken over');

const requireRow = (rows: unknown[]): void => {
  if (rows.length === 0) throw overtaken();
};

const findMove = async (
  { connection, keyPrefix, database, hasSignUps }: Options,
  run: string,
): Promise<Move> => {
  const [inDatabase] = await database.query({ text: 'SELECT id::text AS id, is_finished FROM user_moves' });
  const inRedis = await readMove(connection, keyPrefix);
  if (inRedis && inRedis.id === inDatabase?.id) {
    if (inDatabase.is_finished) throw new Refusal('The users have moved: there is nothing to do');
    return inRedis;
  }
  if (inRedis)
    throw new Refusal('A move to another database was begun: go on with that one, or end it with --undo');
  // A process can have died between the two notes of a new move.
  if (await hasRows(database))
    throw new Refusal(
      'The database has sign-ups that are not from this Redis: give DATABASE_URL an empty one',
    );
  if (!(await hasSignUps())) throw new Refusal('Redis has no sign-ups: check REDIS_URL and KEY_PREFIX');
  const move: Move = { id: String(inDatabase?.id ?? run), state: 'copying' };
  await database.query({ text: 'INSERT INTO user_moves (id, run) VALUES ($1, $2) ON CONFLICT DO NOTHING' }, [
    move.id,
    run,
  ]);
  await writeMove(connection, keyPrefix, move);
  return move;
};

const hasRows = async (database: Database): Promise<boolean> => {
  const tables = ['sign_ups', 'users', 'idempotency_keys', 'sign_up_counts'];
  const some = tables.map((table) => `EXISTS (SELECT FROM ${table})`).join(' OR ');
  const [row] = await database.query({ text: `SELECT ${some} AS some` });
  return row?.some === true;
};
