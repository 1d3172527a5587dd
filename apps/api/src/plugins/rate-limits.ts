import type { KeyedHash } from '@backend-jobs/runtime';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Redis } from 'ioredis';
import { Problem } from '../problem.ts';

export interface RateLimitOptions {
  connection: Redis;
  keyPrefix: string;
  hash: KeyedHash;
  trustsProxy: boolean;
}

/**
 * Counts in Redis, so that all replicas count together: what a route's `config.rateLimit` says, and, by
 * `createRateLimit()`, the failed logins of an address. An IPv6 client counts by its /64, which is one household's.
 */
export const rateLimitsPlugin = fp(
  async (app: FastifyInstance, { connection, keyPrefix, hash, trustsProxy }: RateLimitOptions) => {
    await app.register(rateLimit, {
      global: false,
      redis: connection,
      nameSpace: `${keyPrefix}:limit:`,
      ...failedLogins,
      enableDraftSpec: true,
      keyGenerator: ({ ip, caller }: FastifyRequest) =>
        caller ? `key-${caller}` : hash(normalizeIP(ip, 64)),
      errorResponseBuilder: () => new Problem('too-many-requests'),
    });
    if (!trustsProxy) app.addHook('onRequest', tellOfProxy());
  },
  { name: 'rate-limits' },
);

const failedLogins = { max: 10, timeWindow: 60_000 };

/** Says once that a proxy's clients can't be told from each other. */
const tellOfProxy = () => {
  let isTold = false;
  return async ({ headers, log }: FastifyRequest): Promise<void> => {
    if (isTold || !(headers['x-forwarded-for'] || headers.forwarded)) return;
    isTold = true;
    log.warn('requests come through a proxy: without TRUST_PROXY all its clients count as one');
  };
};
