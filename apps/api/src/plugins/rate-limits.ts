import type { Shard, Shards } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../problems/problem.ts';
import { createCountsOfCallers } from './counts-of-callers.ts';
import { scopeOf } from './scope-of.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * A hook for each route by which people sign up: they share one limit. It does not wait for the count. Whoever answers
     * the request waits for its `withinLimit` first.
     */
    countSignUp: onRequestHookHandler;
  }
  interface FastifyRequest {
    /** Resolves when the request was counted, and rejects when it is one too many, or could not be counted. */
    withinLimit: Promise<void> | undefined;
  }
}

export interface SignUpLimit {
  max: number;
  durationMs: number;
}

interface RateLimitsOptions {
  /** Where the callers are counted. */
  shards: Shards<Pick<Shard, 'connection' | 'keyPrefix'>>;
  hash: KeyedHash;
  /** How many sign-ups one caller may request: one API key or, without one, one IP address. `undefined`: no limit. */
  signUpLimit: SignUpLimit | undefined;
}

/**
 * Limits the requests of a caller, where a route has the hook `countSignUp` or a plugin calls `createRateLimit()`. The
 * counts are in Redis, so that all replicas share them.
 */
export const rateLimitsPlugin = fp(
  async (app: FastifyInstance, { shards, hash, signUpLimit }: RateLimitsOptions) => {
    const callerOf = (request: FastifyRequest) =>
      request.caller ? `key-${request.caller}` : hash(scopeOf(request));
    await app.register(rateLimit, {
      global: false,
      store: createCountsOfCallers(shards, hash),
      enableDraftSpec: true,
      keyGenerator: callerOf,
      errorResponseBuilder: () => new Problem('too-many-requests'),
    });
    const limit =
      signUpLimit &&
      app.rateLimit({
        max: signUpLimit.max,
        timeWindow: signUpLimit.durationMs,
        keyGenerator: (request) => `sign-up-${callerOf(request)}`,
      });
    app.decorateRequest('withinLimit');
    app.decorate('countSignUp', function (request, reply, done) {
      request.withinLimit = (async () => void (await limit?.call(this, request, reply)))();
      request.withinLimit.catch(() => {}); // nobody waits for it when the request never arrives whole
      done();
    });
  },
  { name: 'rate-limits', dependencies: ['api-keys'] },
);
