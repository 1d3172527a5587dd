import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import { endConnection } from '../connections/create-server.ts';
import { securityHeaders } from '../headers/security-headers.ts';
import { Problem, type ProblemKind } from './problem.ts';

const kindOfCode: Record<string, ProblemKind> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/**
 * Responds to what Node could not read as an HTTP request, or what took too long to arrive. There is no request object,
 * so no hook and no route sees it: the response is written to the socket by hand.
 */
export const createClientErrorHandler =
  (basePath: string) =>
  (error: ConnectionError, socket: Socket): void => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    endConnection(socket, () => say(socket, error, basePath));
  };

const say = (socket: Socket, error: ConnectionError, basePath: string): void => {
  const problem = new Problem(kindOfCode[error.code] ?? 'malformed-request');
  const body = JSON.stringify(problem.toDetails(basePath));
  const head = [
    `HTTP/1.1 ${problem.statusCode} ${STATUS_CODES[problem.statusCode]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};
