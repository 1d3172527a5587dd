import type { Queues } from '@backend-jobs/jobs';
import type { Database } from '@backend-jobs/postgres';
import { readMove } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';
import type { RedisNames } from './names.ts';
import { Refusal } from './turn.ts';

interface Deps {
  connection: Redis;
  keyPrefix: string;
  database: Database;
  queues: Queues;
  redisNames: RedisNames;
}

/**
 * Removes from Redis what it still has of the people who have moved: until then somebody who is deleted is still there.
 * Jobs lose the person's details, since the row has them. It may be interrupted, and run again.
 *
 * @throws {Refusal} unless the move has finished
 */
export const forgetPeople = async (deps: Deps): Promise<number> => {
  const { connection, keyPrefix, database, queues, redisNames } = deps;
  const move = await readMove(connection, keyPrefix);
  const [finished] = await database.query({
    text: 'SELECT id::text AS id FROM user_moves WHERE is_finished',
  });
  if (move?.state !== 'moved' || finished?.id !== move.id)
    throw new Refusal('The users of this Redis have not moved to this database');

  const emptyJobs = async (ids: string[]): Promise<void> => {
    const text = `SELECT id FROM sign_ups WHERE id = ANY($1::uuid[])
      AND (outcome NOT IN ('queued', 'failed') OR new_user IS NOT NULL)`;
    for (const { id } of await database.query({ text }, [ids])) {
      const job = await queues.users.getJob(String(id));
      if (!job?.data.newUser) continue;
      const { newUser: _, ...payload } = job.data;
      await job.updateData(payload).catch(() => {}); // it has ended meanwhile, and is gone
    }
  };

  let removed = 0;
  for await (const found of connection.scanStream({ count: 1_000 })) {
    const keys = found as string[];
    const personal = keys.filter((key) => redisNames.isOfUsers(key));
    if (personal.length > 0) removed += await connection.unlink(...personal);
    const { signUps } = redisNames.toNames(keys.filter((key) => !personal.includes(key)));
    if (signUps.length > 0) await emptyJobs(signUps);
  }
  return removed;
};
