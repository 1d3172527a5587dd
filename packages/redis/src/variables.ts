import {
  certificates,
  combineVariables,
  EnvironmentError,
  listOf,
  matching,
  oneOf,
  variable,
} from '@backend-jobs/runtime';
import { type DurabilityFault, durabilityFaults } from './durability.ts';
import { parseRedisUrl, type RedisAddress } from './redis-url.ts';

const address = {
  url: variable({
    name: 'REDIS_URL',
    decode: parseRedisUrl,
    required: 'always',
    meaning:
      '`redis://user:password@host:port/database`, or `rediss://` for TLS; [behind Sentinel or in a cluster](redis.md#failover) it names several hosts',
  }),
  ca: variable({
    name: 'REDIS_CA',
    decode: certificates,
    meaning:
      'for TLS: certificates in PEM to trust in place of the well-known ones; `REDIS_CA_FILE` has their ' +
      "file's path",
  }),
};

/** What a process that uses Redis reads from its environment. */
export const redisVariables = {
  redis: combineVariables(address, ({ url, ca }): RedisAddress => {
    if (ca === undefined) return url;
    if (!url.tls) throw new EnvironmentError(['REDIS_CA is set, but REDIS_URL does not begin with rediss']);
    return { ...url, tls: { ca }, ...('sentinels' in url && { sentinelTLS: { ca } }) };
  }),
  keyPrefix: variable({
    name: 'KEY_PREFIX',
    // In braces, which make it a hash tag: all keys of a deployment are in one slot of a Redis cluster.
    decode: matching(/^\{.+\}$/, 'must be a name in braces, like {backend-jobs}'),
    default: '{backend-jobs}',
    meaning:
      'every key in Redis begins with it; the braces keep all keys of a shard in one slot of a cluster',
  }),
  redisAllow: variable({
    name: 'REDIS_ALLOW',
    decode: listOf(oneOf(...(Object.keys(durabilityFaults) as DurabilityFault[]))),
    default: '',
    meaning: '`eviction`, `no-persistence`: losses that production accepts ([redis.md](redis.md))',
  }),
};
