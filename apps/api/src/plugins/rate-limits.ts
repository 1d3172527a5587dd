import type { KeyedHash } from '@backend-jobs/runtime';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Redis } from 'ioredis';
import { Problem } from '../problems/problem.ts';

interface RateLimitsOptions {
  connection: Redis;
  keyPrefix: string;
  hash: KeyedHash;
}

/**
 * Limits the requests of a caller where a route says so in `config.rateLimit`, or a plugin by `createRateLimit()`. The
 * counts are in Redis, so that all replicas share them. A caller is an API key or, without one, an IP address; an IPv6
 * address counts by its /64 network, all of which one household can use.
 */
export const rateLimitsPlugin = fp(
  async (app: FastifyInstance, { connection, keyPrefix, hash }: RateLimitsOptions) => {
    await app.register(rateLimit, {
      global: false,
      redis: connection,
      nameSpace: `${keyPrefix}:limit:`,
      enableDraftSpec: true,
      keyGenerator: ({ ip, caller }: FastifyRequest) =>
        caller ? `key-${caller}` : hash(normalizeIP(ip, 64)),
      errorResponseBuilder: () => new Problem('too-many-requests'),
    });
  },
  { name: 'rate-limits', dependencies: ['api-keys'] },
);
