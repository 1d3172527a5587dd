import type { Redis } from 'ioredis';
import { openPatientDatabase } from './test-store.ts';
import type { World } from './world.ts';

/** All that the service keeps, as text, by where it is: the keys of Redis, and the tables of the database if it has one. */
export const readEverything = async (world: World, redis: Redis): Promise<Map<string, string>> => {
  const places = new Map<string, string>();
  for (const key of await redis.keys('*')) places.set(key, JSON.stringify(await readValue(redis, key)) ?? '');
  const { DATABASE_URL: url } = world.env;
  if (url === undefined) return places;
  const database = openPatientDatabase(url);
  const tables = await database.query({
    text: "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  });
  for (const { name } of tables) {
    const rows = await database.query({ text: `SELECT * FROM ${name}` });
    places.set(`table ${name}`, JSON.stringify(rows));
  }
  await database.close();
  return places;
};

const readValue = async (redis: Redis, key: string): Promise<unknown> => {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    case 'none': // it has expired meanwhile
      return undefined;
    default:
      throw new Error(`${key} is of a type that the tests do not know`);
  }
};
