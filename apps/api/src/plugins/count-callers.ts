import { readFileSync } from 'node:fs';
import { askTogether, bucketOfHash, isOutage, type Shard, type Shards } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import type { Redis } from 'ioredis';
import { remember } from './remember.ts';

type CountsShard = Pick<Shard, 'connection' | 'keyPrefix'>;

interface CallerRequest {
  /** Whose it is, and what for. */
  caller: string;
  /** How long a new count is kept. */
  durationMs: number;
  /** Whether the request is counted, or only asks for the count. */
  isCounted: boolean;
}

/** How many requests were counted, this one included if it is, and for how long that is kept. */
interface Count {
  count: number;
  keptMs: number;
}

type CountCaller = (request: CallerRequest) => Promise<Count>;

/** For how many callers the shard is kept. */
const mostCallers = 1_000;

/**
 * Counts each caller in one shard, whatever shards the sign-ups are in. While that one is away the next one counts, from
 * nothing: a shard that is away must refuse nobody who signs up in another.
 */
export const createCountCaller = (shards: Shards<CountsShard>, hash: KeyedHash): CountCaller => {
  const counters = shards.all.map(createCounter);

  /** In the shard at `place` or, if that is away, in one of the `others` after it. */
  const count = (request: CallerRequest, place: number, others: number): Promise<Count> => {
    const counted = (counters[place] as CountCaller)(request);
    if (others === 0) return counted;
    return counted.catch((error: unknown) => {
      if (!isOutage(error)) throw error;
      return count(request, (place + 1) % counters.length, others - 1);
    });
  };
  const hashedPlaceOf = (caller: string) => shards.all.indexOf(shards.ofBucket(bucketOfHash(hash(caller))));
  // Nearly everybody is another caller: with one shard a hash for each would be for nothing.
  const placeOf = counters.length === 1 ? () => 0 : remember(hashedPlaceOf, mostCallers);

  return (request) => count(request, placeOf(request.caller), counters.length - 1);
};

const script = readFileSync(new URL('./count-callers.lua', import.meta.url), 'utf8');

/** The requests of one turn of the event loop are counted by one call, in the order in which they came. */
const createCounter = ({ connection, keyPrefix }: CountsShard): CountCaller => {
  connection.defineCommand('countCallers', { lua: script });
  const countCallers = Reflect.get(connection, 'countCallers') as CountCallers;
  // As @fastify/rate-limit names them, which earlier versions have: their replicas and these share the counts.
  const keyOf = ({ caller }: CallerRequest) => `${keyPrefix}:limit:undefinedundefined-${caller}`;

  return askTogether(connection, async (requests: CallerRequest[]) => {
    const keys = requests.map(keyOf);
    const args = requests.flatMap(({ isCounted, durationMs }) => [Number(isCounted), durationMs]);
    const counts = await countCallers.call(connection, keys.length, ...keys, ...args);
    return counts.map(([count, keptMs]) => ({ count, keptMs }));
  });
};

type CountCallers = (
  this: Redis,
  keysCount: number,
  ...keysAndArgs: (string | number)[]
) => Promise<[count: number, keptMs: number][]>;
