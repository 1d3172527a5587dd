import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import { securityHeaders } from './plugins/security-headers.ts';
import { Problem, type ProblemKind } from './problem.ts';

const kindOfCode: Record<string, ProblemKind> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/** Answers what could not be read as HTTP, or took too long: no request came of it, so no route and no hook sees it. */
export const answerClientError = (error: ConnectionError, socket: Socket): void => {
  if (!socket.writable) return void socket.destroy();
  const problem = new Problem(kindOfCode[error.code] ?? 'malformed-request');
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.statusCode} ${problem.kind}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};
