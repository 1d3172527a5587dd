import { messageOf } from '@backend-jobs/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../../problems/problem.ts';
import type { Ending, Trail } from './trail.ts';
import { isRead, writeOf } from './writes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The trail's entry of what this request is about to do. */
    trailId?: string;
  }
}

/** The trail keeps this many refusals of one login: somebody who asks for more must not push out what was done. */
const refusalLimit = { max: 20, durationMs: 60 * 60_000 };

/**
 * Logs each request of the context that is meant to change something, and keeps it in the trail: before it is done, since
 * what can't be recorded may not be done, and again with how it ended. What was refused is there, too.
 */
export const trailPlugin = fp(
  async (app: FastifyInstance, { trail }: { trail: Trail }) => {
    app.decorateRequest('trailId');

    const recordEnd = async (request: FastifyRequest, status: number): Promise<void> => {
      if (request.trailId) return trail.end(request.trailId, endingOf(status));
      const action = actionOf(request);
      if (!action) return;
      const { isExceeded } = await app.checkLimit(`refusals:${request.operator?.name}`, refusalLimit);
      if (!isExceeded) await trail.refuse(action, status);
    };

    app.addHook('preHandler', async (request) => {
      // What does not exist is refused, and counts as such.
      const action = isRead(request) || request.is404 ? undefined : actionOf(request);
      if (!action) return;
      const about = request.routeOptions.config.describe?.(request);
      const target = { ...action.target, ...(about && { about }) };
      request.trailId = await trail.begin({ ...action, target }).catch(() => {
        throw new Problem(
          'unavailable',
          'Nothing was done, because it could not be written to the audit trail',
        );
      });
    });

    // `onResponse` does not run for a client who left meanwhile, and what was asked for is done all the same.
    app.addHook('onSend', async (request, { statusCode: status }) => {
      const { method, operator, log } = request;
      if (isRead(request)) return;
      const { action, target } = writeOf(request);
      // What somebody has put into a URL who could not log in is not worth keeping.
      const who = operator ? { by: operator.name, role: operator.role } : { role: 'none' };
      log.info({ ...who, method, action, ...(operator && target), status }, 'dashboard write');
      recordEnd(request, status).catch((error) =>
        log.warn(
          { reason: messageOf(error), action },
          'could not write to the audit trail how an action ended',
        ),
      );
    });
  },
  { name: 'trail', dependencies: ['rate-limits'] },
);

const actionOf = (request: FastifyRequest) => {
  const { operator, id, body } = request;
  if (!operator) return undefined;
  const why = (body as { why?: unknown } | null | undefined)?.why;
  return {
    ...writeOf(request),
    by: operator,
    ...(typeof why === 'string' && { why: why.slice(0, 500) }),
    requestId: id,
  };
};

const endingOf = (status: number): Ending => {
  if (status < 400) return { outcome: 'done', status };
  return { outcome: status < 500 ? 'refused' : 'failed', status };
};
