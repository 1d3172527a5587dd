import type { Shard, Shards } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import fp from 'fastify-plugin';
import { networkOf } from '../network-of.ts';
import { Problem } from '../problems/problem.ts';
import { createCountCaller } from './count-callers.ts';
import { remember } from './remember.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * A hook for each route by which people sign up: they share one limit. It does not wait for the count. Whoever answers
     * the request waits for its `withinLimit` first.
     */
    countSignUp: onRequestHookHandler;
    /** Counts a request under the name of its caller or, if it is not `isCounted`, only looks at the count. */
    checkLimit(caller: string, limit: CallerLimit, options?: { isCounted?: boolean }): Promise<LimitState>;
    /** Names whoever sent the request: by the API key or, without one, by a hash of the address. */
    callerOf(request: FastifyRequest): string;
  }
  interface FastifyRequest {
    /** Resolves when the request was counted, and rejects when it is one too many, or could not be counted. */
    withinLimit: Promise<void> | undefined;
  }
}

/** So many requests of one caller in so long. */
export interface CallerLimit {
  max: number;
  durationMs: number;
}

export interface LimitState {
  /** Whether more than `max` were counted. */
  isExceeded: boolean;
  remaining: number;
  /** Until the count begins anew. */
  retryAfterSeconds: number;
}

interface RateLimitsOptions {
  /** Where the callers are counted. */
  shards: Shards<Pick<Shard, 'connection' | 'keyPrefix'>>;
  hash: KeyedHash;
  /** How many sign-ups one caller may request. `undefined`: no limit. */
  signUpLimit: CallerLimit | undefined;
}

/** For how many addresses the hash is kept. */
const mostAddresses = 1_000;

/** Limits the requests of a caller. The counts are in Redis, so that all replicas share them. */
export const rateLimitsPlugin = fp(
  async (app: FastifyInstance, { shards, hash, signUpLimit }: RateLimitsOptions) => {
    const countCaller = createCountCaller(shards, hash);
    const hashOfAddress = remember((ip) => hash(networkOf(ip)), mostAddresses);

    app.decorate('callerOf', ({ caller, ip }) => (caller ? `key-${caller}` : hashOfAddress(ip)));
    app.decorate('checkLimit', async (caller, { max, durationMs }, { isCounted = true } = {}) => {
      const { count, keptMs } = await countCaller({ caller, durationMs, isCounted });
      return {
        isExceeded: count > max,
        remaining: Math.max(0, max - count),
        retryAfterSeconds: Math.ceil(keptMs / 1_000),
      };
    });

    const requireLimit = async (request: FastifyRequest, reply: FastifyReply, limit: CallerLimit) => {
      const state = await app.checkLimit(`sign-up-${app.callerOf(request)}`, limit);
      const { isExceeded, remaining, retryAfterSeconds } = state;
      reply.header('ratelimit-limit', limit.max);
      reply.header('ratelimit-remaining', remaining);
      reply.header('ratelimit-reset', retryAfterSeconds);
      if (isExceeded) throw new Problem('too-many-requests', undefined, { retryAfterSeconds });
    };
    app.decorateRequest('withinLimit');
    app.decorate('countSignUp', (request, reply, done) => {
      if (signUpLimit) {
        request.withinLimit = requireLimit(request, reply, signUpLimit);
        request.withinLimit.catch(() => {}); // nobody waits for it when the request never arrives whole
      }
      done();
    });
  },
  { name: 'rate-limits', dependencies: ['api-keys'] },
);
