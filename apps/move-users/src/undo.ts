import { randomUUID } from 'node:crypto';
import type { Database } from '@backend-jobs/postgres';
import { forgetMove, readMove } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';
import { countsTable, keysTable, pageOf, removalFrom, signUpsTable, usersTable } from './tables.ts';
import { Refusal } from './turn.ts';

const pageSize = 1_000;

/** Ends a move before its mark is set: removes the copy, and lets the service go on in Redis. */
export const undoMove = async (connection: Redis, keyPrefix: string, database: Database): Promise<void> => {
  const move = await readMove(connection, keyPrefix);
  if (!move) throw new Refusal('No move was begun in this Redis');
  if (move.state === 'moved')
    throw new Refusal('The users have moved: PostgreSQL may know more of them than Redis by now');
  // From here on no other process adds to the copy.
  const text = 'UPDATE user_moves SET run = $1 WHERE id = $2 AND NOT is_finished RETURNING 1';
  const isOurs = (await database.query({ text }, [randomUUID(), move.id])).length > 0;
  if (isOurs) {
    for (const table of [usersTable, signUpsTable, keysTable, countsTable]) {
      const first = table.keyType === 'uuid' ? '00000000-0000-0000-0000-000000000000' : '';
      for (let isEmpty = false; !isEmpty; ) {
        const names = (await database.query({ text: pageOf(table) }, [first, pageSize])).map(
          ({ name }) => name,
        );
        await database.query({ text: removalFrom(table) }, [names]);
        isEmpty = names.length === 0;
      }
    }
    await database.query({ text: 'DELETE FROM user_moves WHERE id = $1' }, [move.id]);
  }
  await forgetMove(connection, keyPrefix);
};
