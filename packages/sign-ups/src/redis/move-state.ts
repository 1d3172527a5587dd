import { askOnce } from '@backend-jobs/redis';
import type { Redis } from 'ioredis';
import { moveKey } from './keys.ts';

/**
 * How far the users are on their way to PostgreSQL. There is no state before, and none after a Redis that was emptied.
 *
 * - `copying`: the service goes on in Redis as ever;
 * - `finishing`: no worker runs, and nothing of a sign-up may change in Redis. New ones are still accepted into the queue;
 * - `moved`: Redis accepts nothing more. It is the queue of a service that has `DATABASE_URL`.
 */
const moveStates = ['copying', 'finishing', 'moved'] as const;
type MoveState = (typeof moveStates)[number];

/** A move, by an id that Redis and PostgreSQL both have. */
export interface Move {
  id: string;
  state: MoveState;
}

export const readMove = async (connection: Redis, keyPrefix: string): Promise<Move | undefined> => {
  const text = await connection.get(moveKey(keyPrefix));
  const [state, id = ''] = text?.split(' ') ?? [];
  const known = moveStates.find((one) => one === state);
  return known && { state: known, id };
};

export const writeMove = async (connection: Redis, keyPrefix: string, move: Move): Promise<void> => {
  await connection.set(moveKey(keyPrefix), `${move.state} ${move.id}`);
};

export const forgetMove = async (connection: Redis, keyPrefix: string): Promise<void> => {
  await connection.del(moveKey(keyPrefix));
};

/** Redis does not keep the users any more, or not for long. */
class UsersMovedError extends Error {
  override name = 'UsersMovedError';
}

/** Whether it was refused because of a move: by `createAcceptanceCheck`, or by `move-guard.lua`. */
export const isUsersMoved = (error: unknown): boolean =>
  error instanceof UsersMovedError || (error instanceof Error && error.message.startsWith('USERSMOVED '));

/**
 * Returns a function that rejects once Redis accepts no sign-ups any more. Whoever has asked it just before may still add
 * a job: that has the person's details, and is worked on in PostgreSQL, too.
 */
export const createAcceptanceCheck = (connection: Redis, keyPrefix: string): (() => Promise<void>) => {
  const readMoveOnce = askOnce(connection, () => readMove(connection, keyPrefix));
  return async () => {
    if ((await readMoveOnce())?.state === 'moved')
      throw new UsersMovedError('The users have moved to PostgreSQL: set DATABASE_URL, and restart');
  };
};

/**
 * Resolves as soon as Redis says that a process may work with the users where it looks for them, and asks again on each
 * connection. If they are elsewhere, that is an unhandled rejection: it ends the process in order, with exit code 1. Call
 * it before there is a connection.
 *
 * @param changes whether the process changes sign-ups that were accepted, as a worker does
 */
export const watchMove = (
  connection: Redis,
  options: { keyPrefix: string; usesDatabase: boolean; changes: boolean },
): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  connection.on('ready', async () => {
    // Redis is away again: there will be another connection.
    const move = await readMove(connection, options.keyPrefix).catch(() => 'away' as const);
    if (move === 'away') return;
    const fault = faultOf(move?.state, options);
    if (fault) throw new UsersMovedError(fault);
    resolve();
  });
  return promise;
};

const faultOf = (
  state: MoveState | undefined,
  { usesDatabase, changes }: { usesDatabase: boolean; changes: boolean },
): string | undefined => {
  if (usesDatabase && (state === 'copying' || state === 'finishing'))
    return 'The users are still being moved to PostgreSQL: unset DATABASE_URL until npm run move:users has finished';
  if (!usesDatabase && state === 'moved')
    return 'The users have moved to PostgreSQL: set DATABASE_URL (docs/postgres.md)';
  if (!usesDatabase && state === 'finishing' && changes)
    return 'The users are just being moved to PostgreSQL: start workers when npm run move:users has finished, with DATABASE_URL';
  return undefined;
};
