import {
  connectProducer,
  createReplicaFence,
  openShards,
  type RedisAddress,
  type ReplicaFence,
  type Shard,
  type Shards,
} from '@backend-jobs/redis';

/** A fence for each shard, over connections of their own; `undefined` where no replica is asked. */
export const openFences = (
  shards: Shards<Shard>,
  address: RedisAddress,
  { keyPrefix, replicas }: { keyPrefix: string; replicas: number },
): { fences: Shards<ReplicaFence>; close: () => void } | undefined => {
  if (replicas === 0) return undefined;
  const waiting = openShards(connectProducer, address, {
    name: 'api-fence',
    keyPrefix,
    shards: shards.all.length,
  });
  const fences = waiting.map((shard, place) => {
    shard.connection.on('error', () => {}); // the other connection reports that Redis is away
    const { connection } = shards.all[place] as Shard;
    return createReplicaFence(connection, shard.connection, { keyPrefix: shard.keyPrefix, replicas });
  });
  return {
    fences,
    close: () => {
      for (const { connection } of waiting.all) connection.disconnect();
    },
  };
};
