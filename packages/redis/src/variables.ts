import { listOf, matching, oneOf, variable } from '@backend-jobs/runtime';
import { type DurabilityFault, durabilityFaults } from './durability.ts';
import { parseRedisUrl } from './redis-url.ts';

/** What a process that uses Redis reads from its environment. */
export const redisVariables = {
  redis: variable({
    name: 'REDIS_URL',
    decode: parseRedisUrl,
    required: 'always',
    meaning: '`redis://user:password@host:port/database`, or `rediss://` for TLS',
  }),
  keyPrefix: variable({
    name: 'KEY_PREFIX',
    // In braces, which make it a hash tag: all keys of a deployment are in one slot of a Redis cluster.
    decode: matching(/^\{.+\}$/, 'must be a name in braces, like {backend-jobs}'),
    default: '{backend-jobs}',
    meaning: 'every key in Redis begins with it; the braces keep all keys in one slot of a cluster',
  }),
  redisAllow: variable({
    name: 'REDIS_ALLOW',
    decode: listOf(oneOf(...(Object.keys(durabilityFaults) as DurabilityFault[]))),
    default: '',
    meaning: '`eviction`, `no-persistence`: losses that production accepts ([redis.md](redis.md))',
  }),
};
