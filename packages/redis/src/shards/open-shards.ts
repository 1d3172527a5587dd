import type { Redis } from 'ioredis';
import type { ConnectionOptions } from '../connection.ts';
import type { RedisAddress } from '../redis-url.ts';
import { shardKeyPrefixes } from './key-prefixes.ts';
import { Shards } from './shards.ts';

export interface Shard {
  /** `shard 03`; empty if there is one only, and no need to tell it from others. */
  name: string;
  keyPrefix: string;
  /** Its own: in a cluster it leads to the master that has these keys. */
  connection: Redis;
}

/** Connects to each shard. The caller ends the connections. */
export const openShards = (
  connect: (address: RedisAddress, options: ConnectionOptions) => Redis,
  address: RedisAddress,
  { name, keyPrefix, shards }: ConnectionOptions & { shards: number },
): Shards<Shard> =>
  new Shards(
    shardKeyPrefixes(keyPrefix, shards).map((itsPrefix, place) => ({
      name: shards === 1 ? '' : `shard ${String(place).padStart(2, '0')}`,
      keyPrefix: itsPrefix,
      connection: connect(address, { name, keyPrefix: itsPrefix }),
    })),
  );

/** A shard that is the only one. */
export const oneShard = (connection: Redis, keyPrefix: string): Shards<Shard> =>
  new Shards([{ name: '', keyPrefix, connection }]);
