import type { Shard } from '@backend-jobs/redis';
import { examineRedis, waitUntilReady } from './examine-redis.ts';
import type { Finding } from './report.ts';

/** Examines the Redis of each shard; one that has several of them once. Returns whether all can be used. */
export async function* examineShards(shards: readonly Shard[]): AsyncGenerator<Finding, boolean> {
  const examined = new Set<string>();
  let areUsable = true;
  for (const { name, keyPrefix, connection } of shards) {
    const failure = await waitUntilReady(connection);
    const { remoteAddress = '', remotePort = 0 } = connection.stream ?? {};
    const server = failure === undefined ? `${remoteAddress}:${remotePort}` : '';
    if (name && server) yield { step: name, found: `on ${server}` };
    if (server && examined.has(server)) continue;
    examined.add(server);
    const isUsable = yield* examineRedis(connection, keyPrefix, failure);
    areUsable &&= isUsable;
  }
  return areUsable;
}
