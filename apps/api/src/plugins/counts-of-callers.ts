import { readFileSync } from 'node:fs';
import { askTogether, bucketOfHash, isOutage, type Shard, type Shards } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { Redis } from 'ioredis';

type CountsShard = Pick<Shard, 'connection' | 'keyPrefix'>;

interface CallerRequest {
  caller: string;
  /** How long a new count is kept. */
  durationMs: number;
  /** Whether the request is counted, or only asks for the count. */
  isCounted: boolean;
}

/** As the plugin names it: what was counted, and for how many ms that is kept. */
interface Count {
  current: number;
  ttl: number;
}

type CountRequest = (request: CallerRequest) => Promise<Count>;

/**
 * Counts each caller in one shard, whatever shards the sign-ups are in. While that one is away the next one counts, from
 * nothing: a shard that is away must refuse nobody who signs up in another.
 */
export const createCountsOfCallers = (
  shards: Shards<CountsShard>,
  hash: KeyedHash,
): FastifyRateLimitStoreCtor => {
  const counters = shards.all.map(createCounter);

  /** In the shard at `place` or, if that is away, in one of the `others` after it. */
  const count = async (request: CallerRequest, place: number, others: number): Promise<Count> => {
    try {
      return await (counters[place] as CountRequest)(request);
    } catch (error) {
      if (others === 0 || !isOutage(error)) throw error;
      return count(request, (place + 1) % counters.length, others - 1);
    }
  };
  const placeOf = (caller: string): number =>
    counters.length === 1 ? 0 : shards.all.indexOf(shards.ofBucket(bucketOfHash(hash(caller))));

  const answer = (request: CallerRequest, callback: IncrCallback): void => {
    count(request, placeOf(request.caller), counters.length - 1).then(
      (counted) => callback(null, counted),
      callback,
    );
  };

  return class implements FastifyRateLimitStore {
    incr(caller: string, callback: IncrCallback, durationMs: number): void {
      answer({ caller, durationMs, isCounted: true }, callback);
    }

    /** Reads a count and changes nothing. The plugin calls it with `increment: false`, but its types do not have it. */
    read(caller: string, callback: IncrCallback, durationMs: number): void {
      answer({ caller, durationMs, isCounted: false }, callback);
    }

    child(): FastifyRateLimitStore {
      return this;
    }
  };
};

type IncrCallback = Parameters<FastifyRateLimitStore['incr']>[1];

const script = readFileSync(new URL('./count-callers.lua', import.meta.url), 'utf8');

/**
 * Those of one turn of the event loop are counted by one call. Who asks more than once in it has as many places, in the
 * order in which they came.
 */
const createCounter = ({ connection, keyPrefix }: CountsShard): CountRequest => {
  connection.defineCommand('countCallers', { lua: script });
  const countCallers = Reflect.get(connection, 'countCallers') as CountCallers;
  // The plugin's own store names its keys so, and replicas of a version before, which have that, count with these.
  const keyOf = (caller: string) => `${keyPrefix}:limit:undefinedundefined-${caller}`;

  return askTogether(connection, async (requests: CallerRequest[]) => {
    const callers = new Map<string, { index: number; more: number; durationMs: number }>();
    const places = requests.map(({ caller, durationMs, isCounted }) => {
      const known = callers.get(caller) ?? { index: callers.size, more: 0, durationMs };
      if (isCounted) known.more += 1;
      callers.set(caller, known);
      return known.more;
    });
    const keys = [...callers.keys()].map(keyOf);
    const args = [...callers.values()].flatMap(({ more, durationMs }) => [more, durationMs]);
    const counted = await countCallers.call(connection, keys.length, ...keys, ...args);
    return requests.map(({ caller }, request) => {
      const { index, more } = callers.get(caller) as { index: number; more: number };
      const [count, ttl] = counted.slice(2 * index, 2 * index + 2) as [number, number];
      return { current: count - more + (places[request] as number), ttl };
    });
  });
};

type CountCallers = (
  this: Redis,
  keysCount: number,
  ...keysAndArgs: (string | number)[]
) => Promise<number[]>;
