import { createUserJob } from '@backend-jobs/jobs';
import { type RedisSignUp, toRows } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';
import type { Names, RedisNames } from './names.ts';
import type { Table } from './tables.ts';

/** What the tables have to hold. */
export type Rows = Record<Table['name'], object[]>;

type Command = [name: string, ...args: (string | number)[]];

/** Returns a function that reads what Redis has of these names. What it does not have is left out. */
export const createRedisReader = (connection: Redis, redisNames: RedisNames) => {
  /** The replies to all of them, in their order. */
  const runAll = async (commands: Command[]): Promise<unknown[]> => {
    const replies = (await connection.pipeline(commands).exec()) ?? [];
    return replies.map(([error, reply]) => {
      if (error) throw error;
      return reply;
    });
  };

  /** The jobs of sign-ups that are not completed. One that can't be read is there all the same: it will fail. */
  const readWaiting = async (ids: string[]) => {
    const replies = await runAll(
      ids.map((id) => ['hmget', redisNames.job(id), 'data', 'finishedOn', 'failedReason']),
    );
    const found = new Map<string, NonNullable<RedisSignUp['waiting']>>();
    for (const [index, reply] of replies.entries()) {
      const [data, finishedOn, failedReason] = reply as (string | null)[];
      if (data === null || data === undefined || (finishedOn && !failedReason)) continue;
      found.set(ids[index] as string, { newUser: newUserIn(data), failed: Boolean(finishedOn) });
    }
    return found;
  };

  const readSignUps = async (ids: string[]): Promise<RedisSignUp[]> => {
    const replies = await runAll(
      ids.flatMap((id): Command[] => [
        ['hgetall', redisNames.record(id)],
        ['pttl', redisNames.record(id)],
        ['zscore', redisNames.unsent, id],
      ]),
    );
    const found = ids.map((id, index) => {
      const [fields, leftMs, unsentAt] = replies.slice(3 * index, 3 * index + 3);
      return {
        id,
        fields: fields as Record<string, string>,
        expiresAtMs: endOf(leftMs),
        unsentAtMs: unsentAt === null ? undefined : Number(unsentAt),
      };
    });
    const undecided = found.filter(
      ({ fields: { outcome } }) => outcome === undefined || outcome === 'failed',
    );
    const waiting = await readWaiting(undecided.map(({ id }) => id));
    return found.map((signUp) => ({ ...signUp, waiting: waiting.get(signUp.id) }));
  };

  /** The keys whose sign-up exists. One that was begun and never accepted stands for nothing, as does a deleted person's. */
  const readKeys = async (hashes: string[]): Promise<object[]> => {
    const replies = await runAll(
      hashes.flatMap((hash): Command[] => [
        ['get', redisNames.key(hash)],
        ['pttl', redisNames.key(hash)],
      ]),
    );
    const found = hashes.flatMap((hash, index) => {
      const [text, leftMs] = replies.slice(2 * index, 2 * index + 2);
      const endMs = endOf(leftMs);
      if (typeof text !== 'string' || endMs === undefined) return [];
      const { id, bodyHash } = JSON.parse(text) as { id: string; bodyHash: string };
      return [{ key_hash: hash, fingerprint: bodyHash, sign_up_id: id, expires_at: timeOf(endMs) }];
    });
    const signUps = await readSignUps(found.map(({ sign_up_id }) => sign_up_id));
    return found.filter((_, index) => {
      const signUp = signUps[index] as RedisSignUp;
      return signUp.fields.outcome !== 'deleted' && toRows(signUp).signUp !== undefined;
    });
  };

  const readCounts = async (names: string[]): Promise<object[]> => {
    const replies = await runAll(
      names.flatMap((name): Command[] => [
        ['get', redisNames.count(name)],
        ['pttl', redisNames.count(name)],
      ]),
    );
    return names.flatMap((name, index) => {
      const [made, leftMs] = replies.slice(2 * index, 2 * index + 2);
      const endMs = endOf(leftMs);
      return typeof made === 'string' && endMs !== undefined
        ? [{ key: name, made: Number(made), ends_at: timeOf(endMs) }]
        : [];
    });
  };

  return async ({ signUps, keys, counts }: Names): Promise<Rows> => {
    const rows = (await readSignUps(signUps)).map(toRows);
    return {
      sign_ups: rows.map(({ signUp }) => signUp).filter((row) => row !== undefined),
      users: rows.map(({ user }) => user).filter((row) => row !== undefined),
      idempotency_keys: await readKeys(keys),
      sign_up_counts: await readCounts(counts),
    };
  };
};
export type RedisReader = ReturnType<typeof createRedisReader>;

const newUserIn = (data: string): NonNullable<RedisSignUp['waiting']>['newUser'] => {
  let payload: unknown;
  try {
    payload = JSON.parse(data);
  } catch {
    return undefined;
  }
  return createUserJob.isPayload(payload) ? payload.newUser : undefined;
};

/** When a key ends of which PTTL says this, in ms since 1970; `undefined` for one that does not end, or is gone. */
const endOf = (leftMs: unknown): number | undefined =>
  Number(leftMs) >= 0 ? Date.now() + Number(leftMs) : undefined;

const timeOf = (ms: number): string => new Date(ms).toISOString();
