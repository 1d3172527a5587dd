export { connectProducer, connectWorker, isOutage } from './connection.ts';
export { requireDurability } from './durability.ts';
export { parseRedisUrl, type RedisAddress } from './redis-url.ts';
export { redisVariables } from './variables.ts';
export { watchRedis } from './watch-redis.ts';
