import { createHash, timingSafeEqual } from 'node:crypto';
import basicAuth from '@fastify/basic-auth';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../problem.ts';
import { sendProblem, toProblem } from './problems.ts';
import { isSameOrigin } from './same-origin.ts';

interface Login {
  user: string;
  /** Without one nobody gets in by it. */
  password: string | undefined;
}

export interface Logins {
  admin: Login;
  viewer: Login;
}

/**
 * A login (RFC 7617) on every route of the context that it is registered in. A viewer may ask for everything and change
 * nothing; nobody may change anything by way of another site's page; and who guesses has ten tries a minute.
 */
export const loginsPlugin = fp(async (app: FastifyInstance, logins: Logins) => {
  const countFailure = app.createRateLimit();

  const roleOf = (user: string, password: string): Role | undefined =>
    // All are compared, so that the time it takes tells nothing.
    roles.filter((role) => matches(logins[role], user, password))[0];

  const authenticate = async (user: string, password: string, request: FastifyRequest): Promise<void> => {
    if (!logins.admin.password && !logins.viewer.password)
      throw new Problem('unauthorized', 'Closed: ADMIN_PASSWORD is not set');
    const role = roleOf(user, password);
    const failures = await countFailure(request, { increment: role === undefined });
    if (!failures.isAllowed && (failures.isExceeded || (role && failures.remaining === 0)))
      throw new Problem('too-many-requests', undefined, { retryAfterSeconds: failures.ttlInSeconds });
    if (!role) throw new Problem('unauthorized');
    request.role = role;
  };

  const authorize = (request: FastifyRequest): void => {
    if (['GET', 'HEAD'].includes(request.method)) return;
    if (request.role !== 'admin') throw new Problem('forbidden', 'A viewer changes nothing');
    if (!isSameOrigin(request)) throw new Problem('forbidden', 'This came from another site');
  };

  await app.register(basicAuth, { authenticate: { realm: 'Backend Jobs' }, validate: authenticate });
  app.decorateRequest('role');
  // Answered here, since Bull Board's own error handler is the nearest to its routes.
  app.addHook('onRequest', (request, reply, done) => {
    app.basicAuth.call(app, request, reply, (error) => {
      try {
        if (error) throw error;
        authorize(request);
        done();
      } catch (refusal) {
        sendProblem(reply, toProblem(refusal));
      }
    });
  });
});

declare module 'fastify' {
  interface FastifyRequest {
    role?: Role;
  }
}

const roles = ['admin', 'viewer'] as const;
type Role = (typeof roles)[number];

const matches = (login: Login, user: string, password: string): boolean => {
  // Both, always: `&&` would tell a right name by the time it takes.
  const isUser = isSame(user, login.user);
  const isPassword = isSame(password, login.password ?? '');
  return isUser && isPassword && Boolean(login.password);
};

/** In constant time; hashed first, since the comparison needs equal lengths. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

const digest = (text: string) => createHash('sha256').update(text).digest();
