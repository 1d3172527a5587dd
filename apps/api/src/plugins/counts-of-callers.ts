import { bucketOfHash, isOutage, type Shard, type Shards } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import type { Callback, Redis } from 'ioredis';

type CountsShard = Pick<Shard, 'connection' | 'keyPrefix'>;
type Command = (this: Redis, key: string, ...args: unknown[]) => void;

/** What `@fastify/rate-limit` asks of the Redis that it is given: it defines its commands, and calls them. */
interface RateLimitRedis {
  [command: string]: unknown;
  defineCommand(name: string, definition: { lua: string; numberOfKeys: number }): void;
}

/**
 * Counts each caller in one shard, whatever shards the sign-ups are in. While that one is away the next one counts, from
 * nothing: a shard that is away must refuse nobody who signs up in another.
 */
export const createCountsOfCallers = (shards: Shards<CountsShard>, hash: KeyedHash): RateLimitRedis => {
  const inTurnFor = (key: string): readonly CountsShard[] => {
    if (shards.all.length === 1) return shards.all;
    const place = shards.all.indexOf(shards.ofBucket(bucketOfHash(hash(key))));
    return [...shards.all.slice(place), ...shards.all.slice(0, place)];
  };

  const run = (
    name: string,
    key: string,
    args: unknown[],
    { inTurn, done }: { inTurn: readonly CountsShard[]; done: Callback<unknown> },
  ): void => {
    const [shard, ...others] = inTurn as readonly [CountsShard, ...CountsShard[]];
    const { connection, keyPrefix } = shard;
    const command = Reflect.get(connection, name) as Command;
    const finish: Callback<unknown> = (error, result) =>
      isOutage(error) && others.length > 0
        ? run(name, key, args, { inTurn: others, done })
        : done(error, result);
    command.call(connection, `${keyPrefix}:limit:${key}`, ...args, finish);
  };

  const counts: RateLimitRedis = {
    defineCommand: (name, definition) => {
      for (const { connection } of shards.all) connection.defineCommand(name, definition);
      counts[name] = (key: string, ...args: unknown[]) => {
        const done = args.pop() as Callback<unknown>;
        run(name, key, args, { inTurn: inTurnFor(key), done });
      };
    },
  };
  return counts;
};
