export { connectProducer, connectWorker, isOutage } from './connection.ts';
export { requireDurability } from './durability.ts';
export { watchRedis } from './watch-redis.ts';
