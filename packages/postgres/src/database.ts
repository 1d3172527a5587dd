import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import { beforeSilence } from './before-silence.ts';
import { coalesce } from './coalesce.ts';
import { DatabaseOutage, isDatabaseOutage, toOwnError } from './database-errors.ts';
import type { DatabaseAddress } from './database-url.ts';
import type { Statement, Value } from './statement.ts';
import { toClientConfig } from './to-client-config.ts';

export type Row = Record<string, unknown>;

/** Runs one statement. `name` is that of a statement that is run often: it is prepared once for each connection. */
export type Query = (statement: { name?: string; text: string }, values?: unknown[]) => Promise<Row[]>;

/** A row of a call, by the names of its statement's parameters. */
type RowOf<Parameter extends string> = Record<Parameter, Value>;

/**
 * PostgreSQL, as this process reaches it. Each call throws a `DatabaseOutage` when that can't be reached or can't serve,
 * and a `DatabaseFault` when it refuses a statement; neither holds a value.
 */
export interface Database {
  query: Query;
  /** Runs all statements of `work`, or none. */
  transaction<Result>(work: (query: Query) => Promise<Result>): Promise<Result>;
  /**
   * Makes a function of a statement. Its calls of one turn of the event loop are one statement, except those that have
   * one of `keysOf` in common. Returns the row of the call, if there is one.
   */
  batch<Parameter extends string>(
    statement: Statement<Parameter>,
    keysOf: (row: RowOf<Parameter>) => readonly string[],
  ): (row: RowOf<Parameter>) => Promise<Row | undefined>;
  isClosed(): boolean;
  close(): Promise<void>;
}

interface DatabaseOptions {
  /** What the server's administrator sees this process as. */
  name: string;
  poolSize: number;
  /** How long a connection and a statement may take before PostgreSQL counts as away. Each, in ms. */
  timeoutMs: number;
  /** Whether a call waits until PostgreSQL is back, however long that takes. It may then be done twice. */
  waits: boolean;
  /** Rows in one statement. */
  maxRows?: number;
  /** Called once when PostgreSQL is away, and once when it is back. */
  onAway?: (reason: string) => void;
  onBack?: () => void;
}

/** PostgreSQL is back once no call has failed for so long: one that is overloaded serves some and not others. */
const calmMs = 1_000;

const pauseMs = { first: 50, longest: 1_000 };

/** For code that serves a request: both waits together end well before a client is refused too late. */
export const impatient = { timeoutMs: 350, waits: false };

/** For background work, which has nobody to tell that PostgreSQL is away. */
export const patient = { timeoutMs: 5_000, waits: true };

/** Opens connections as they are needed, and not before. */
export const openDatabase = (address: DatabaseAddress, options: DatabaseOptions): Database => {
  const { poolSize, timeoutMs, waits, maxRows = 50, onAway = () => {}, onBack = () => {} } = options;
  const { prepares = true } = address;
  const pool = new Pool({
    ...toClientConfig(address, options.name),
    max: poolSize,
    // Nobody waits for it any more by then, and it takes a place in the pool.
    connectionTimeoutMillis: 2 * timeoutMs,
    idleTimeoutMillis: 60_000,
  });
  pool.on('error', () => {}); // a connection broke that nobody used: the next call gets another one
  pool.on('connect', (client) => void client.on('error', () => {})); // its call fails by itself
  let isAway = false;
  let failedAtMs = 0;
  let isClosed = false;

  /** A place in the pool, and a connection in it. One that comes too late is given back. */
  const connect = async (): Promise<PoolClient> => {
    const connecting = pool.connect();
    try {
      return await beforeSilence(connecting, timeoutMs);
    } catch (error) {
      connecting.then(
        (client) => client.release(),
        () => {},
      );
      throw error;
    }
  };

  /** Runs `work` on a connection. One that has failed, or whose reply is still to come, is not used again. */
  const attempt = async <Result>(work: (query: Query) => Promise<Result>): Promise<Result> => {
    let client: PoolClient | undefined;
    try {
      client = await connect();
      const result = await work(queryOn(client, { timeoutMs, prepares }));
      client.release();
      if (isAway && performance.now() - failedAtMs >= calmMs) {
        isAway = false;
        onBack();
      }
      return result;
    } catch (reason) {
      // What a query threw is one of ours by now; anything else is the caller's own.
      const error = client ? reason : toOutage(reason);
      client?.release(error instanceof DatabaseOutage);
      if (error instanceof DatabaseOutage && !isClosed) {
        if (!isAway) onAway(error.message);
        isAway = true;
        failedAtMs = performance.now();
      }
      throw error;
    }
  };

  const run = async <Result>(work: (query: Query) => Promise<Result>): Promise<Result> => {
    for (let pause = pauseMs.first; ; pause = Math.min(2 * pause, pauseMs.longest)) {
      try {
        return await attempt(work);
      } catch (error) {
        if (!waits || isClosed || !isDatabaseOutage(error)) throw error;
        await sleep(pause, undefined, { ref: false });
      }
    }
  };

  return {
    query: (...query) => run((runQuery) => runQuery(...query)),

    transaction: (work) =>
      run(async (query) => {
        await query({ text: 'BEGIN' });
        try {
          const result = await work(query);
          await query({ text: 'COMMIT' });
          return result;
        } catch (error) {
          if (!isDatabaseOutage(error)) await query({ text: 'ROLLBACK' });
          throw error;
        }
      }),

    batch: (statement, keysOf) =>
      coalesce({
        keysOf,
        maxRows,
        run: async (inputs) => {
          const columns = statement.parameters.map((name) => inputs.map((input) => input[name]));
          const rows = await run((query) => query(statement, columns));
          const byPlace = new Map(rows.map((row) => [Number(row.place), row]));
          return inputs.map((_, index) => byPlace.get(index + 1));
        },
      }),

    isClosed: () => isClosed,

    close: async () => {
      isClosed = true;
      await pool.end();
    },
  };
};

const queryOn =
  (client: PoolClient, { timeoutMs, prepares }: { timeoutMs: number; prepares: boolean }): Query =>
  async ({ name, text }, values = []) => {
    const statement = { text, values, ...(prepares && name !== undefined && { name }) };
    try {
      return (await beforeSilence(client.query<Row>(statement), timeoutMs)).rows;
    } catch (error) {
      throw toOwnError(error);
    }
  };

/** Whatever keeps a connection from being made, PostgreSQL can't be used. */
const toOutage = (reason: unknown): DatabaseOutage => {
  const error = toOwnError(reason);
  if (error instanceof DatabaseOutage) return error;
  return new DatabaseOutage(error instanceof Error ? error.message : 'no connection');
};
