import type { KeyedHash } from '@backend-jobs/runtime';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Redis } from 'ioredis';
import { Problem } from '../problems/problem.ts';
import { scopeOf } from './scope-of.ts';

interface RateLimitsOptions {
  connection: Redis;
  keyPrefix: string;
  hash: KeyedHash;
}

/**
 * Limits the requests of a caller where a route says so in `config.rateLimit`, or a plugin by `createRateLimit()`. The
 * counts are in Redis, so that all replicas share them.
 */
export const rateLimitsPlugin = fp(
  async (app: FastifyInstance, { connection, keyPrefix, hash }: RateLimitsOptions) => {
    await app.register(rateLimit, {
      global: false,
      redis: connection,
      nameSpace: `${keyPrefix}:limit:`,
      enableDraftSpec: true,
      keyGenerator: (request: FastifyRequest) =>
        request.caller ? `key-${request.caller}` : hash(scopeOf(request)),
      errorResponseBuilder: () => new Problem('too-many-requests'),
    });
  },
  { name: 'rate-limits', dependencies: ['api-keys'] },
);
