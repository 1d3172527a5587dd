import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { securityHeaders } from '../headers/security-headers.ts';
import { sendProblem } from './send-problem.ts';
import { toProblem } from './to-problem.ts';

/**
 * Responds to a URL that Fastify can't route: one that can't be decoded, or whose parameter is too long. Fastify runs no
 * hooks for it, so the headers that they would set are set here.
 */
export const unroutableUrlHandler = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
  reply.headers({ ...securityHeaders, 'x-request-id': request.id });
  return sendProblem(reply, toProblem(error));
};
