export { askOnce, askTogether, createReader } from './ask-together.ts';
export { readClockRemark, redisNowMs } from './clock.ts';
export { connectDashboard, connectProducer, connectSubscriber, connectWorker } from './connection.ts';
export {
  type CountsLayout,
  createHourlyCounter,
  type HourlyCounter,
  readHourlyCounts,
} from './count-by-hour.ts';
export { defineScript, type RunScript } from './define-script.ts';
export { readDurability, requireDurability } from './durability.ts';
export { isOutage } from './outages.ts';
export { readByScore, type Scored } from './read-by-score.ts';
export { readInfo } from './read-info.ts';
export { type HostAndPort, parseRedisUrl, type RedisAddress, serversOf } from './redis-url.ts';
export { createReplicaFence, type ReplicaFence } from './replica-fence.ts';
export { shardKeyPrefixes } from './shards/key-prefixes.ts';
export { oneShard, openShards, type Shard } from './shards/open-shards.ts';
export { bucketOfHash, Shards } from './shards/shards.ts';
export { redisVariables } from './variables.ts';
export { type RedisWatch, watchRedis } from './watch-redis.ts';
export { createWriteProbe, type WriteProbe } from './write-probe.ts';
