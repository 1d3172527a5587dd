import { createHash, timingSafeEqual } from 'node:crypto';
import basicAuth from '@fastify/basic-auth';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { LimitState } from '../../plugins/rate-limits.ts';
import { requireSameOrigin } from '../../plugins/same-origin.ts';
import { logProblem } from '../../problems/log-problem.ts';
import { Problem } from '../../problems/problem.ts';
import { sendProblem } from '../../problems/send-problem.ts';
import { toProblem } from '../../problems/to-problem.ts';
import { isRead, isSafe } from './writes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request; `undefined` for somebody who could not log in. */
    operator?: Operator;
  }
}

/** A person, by the name of the login. */
export interface Operator {
  name: string;
  role: Role;
}

export const roles = ['admin', 'viewer'] as const;
type Role = (typeof roles)[number];

export type Login = Operator & { password: string };

/** For each IP address, so that an attacker who guesses passwords locks out nobody else. */
const failureLimit = { max: 10, durationMs: 60_000 };

/**
 * A login (RFC 7617) for every route of the context that it is registered in. A viewer can see everything and change
 * nothing, and the page of another site can change nothing with a login that the browser has stored.
 */
export const loginsPlugin = fp(
  async (app: FastifyInstance, { logins }: { logins: readonly Login[] }) => {
    const authenticate = async (user: string, password: string, request: FastifyRequest): Promise<void> => {
      if (logins.length === 0) {
        throw new Problem('unauthorized', "The operators' pages are closed: ADMIN_PASSWORD is not set");
      }
      const operator = operatorOf(logins, user, password);
      const failures = await app.checkLimit(app.callerOf(request), failureLimit, { isCounted: !operator });
      if (!operator) logFailure(request, failures);
      const { isExceeded, remaining, retryAfterSeconds } = failures;
      // After ten failures the right password is refused, too: otherwise guessing could simply go on.
      if (isExceeded || (operator && remaining === 0))
        throw new Problem('too-many-requests', undefined, { retryAfterSeconds });
      if (!operator) throw new Problem('unauthorized');
      request.operator = operator;
    };

    await app.register(basicAuth, { authenticate: { realm: 'Backend Jobs' }, validate: authenticate });
    app.decorateRequest('operator');
    // The hook sends its problems itself: what it threw would go to Bull Board's error handler.
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('cache-control', 'no-store');
      app.basicAuth.call(app, request, reply, (error) => {
        try {
          if (error) throw error;
          authorize(request);
          done();
        } catch (refusal) {
          const problem = toProblem(refusal);
          logProblem(request, refusal as Error, problem);
          sendProblem(reply, problem);
        }
      });
    });
  },
  { name: 'logins', dependencies: ['rate-limits'] },
);

/**
 * Names the address, so that it can be blocked, and not the user: what was typed there may be a password. Once an address
 * is locked out it logs no more, however often it guesses.
 */
const logFailure = ({ ip: address, log }: FastifyRequest, state: LimitState): void => {
  const { isExceeded, remaining, retryAfterSeconds: seconds } = state;
  if (isExceeded) return;
  log.warn({ address, failures: failureLimit.max - remaining }, 'dashboard login failed');
  if (remaining === 0)
    log.warn({ address, seconds }, 'dashboard locked out an address after too many failures');
};

const authorize = (request: FastifyRequest): void => {
  if (isSafe(request)) return;
  if (!isRead(request) && request.operator?.role !== 'admin')
    throw new Problem('forbidden', 'The viewer login is read-only');
  // Also of what only reads: another site could tell by the response whether somebody has signed up.
  requireSameOrigin(request);
};

/** Compares all logins, so that the time it takes reveals nothing. */
const operatorOf = (logins: readonly Login[], user: string, password: string): Operator | undefined => {
  const [login] = logins.filter((each) => matches(each, user, password));
  return login && { name: login.name, role: login.role };
};

const matches = (login: Login, user: string, password: string): boolean => {
  // Compares both, always: `&&` would reveal a correct user name by the time it takes.
  const isUser = isSame(user, login.name);
  const isPassword = isSame(password, login.password);
  return isUser && isPassword;
};

/** Takes constant time. The hashes are compared because `timingSafeEqual` needs equal lengths. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

const digest = (text: string) => createHash('sha256').update(text).digest();
