import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '@backend-jobs/runtime';
import { Connection } from './connection.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { countByAddress } from './count-by-address.ts';
import { openFileLimit } from './open-file-limit.ts';
import { takeTurns } from './take-turns.ts';
import { watchUnread } from './watch-unread.ts';

export interface BoundedServerOptions {
  http: ServerOptions;
  limits: ConnectionLimits;
  /** Whose connections are those of many clients. */
  isProxy: (address: string) => boolean;
  logger: Logger;
}

const connections = new WeakMap<Socket, Connection>();
/** The files that a process has open beside the connections of clients. */
const ownFiles = 200;

/**
 * A server that bounds what its clients can make it hold. Node's own timeouts bound how clients send; this bounds how
 * they receive.
 */
export const createBoundedServer = (handle: RequestListener, options: BoundedServerOptions): Server => {
  const { http, limits, isProxy, logger } = options;
  const unread = watchUnread({ ...limits, logger });
  const connectionOptions = {
    maxRequests: limits.maxRequestsPerConnection,
    handle,
    takeTurn: takeTurns(),
    onBusy: unread.add,
    onIdle: unread.delete,
  };

  const onRequest: RequestListener = (request, response) => {
    connections.get(request.socket)?.take(request, response);
  };
  const server = createServer(http, onRequest);
  server.on('listening', unread.start);
  server.on('close', unread.stop);
  // An `Expect` that Node does not know is a matter for the routes, which answer with a problem.
  server.on('checkExpectation', onRequest);

  server.maxConnections = Math.min(limits.maxConnections, Math.max(1, openFileLimit() - ownFiles));
  server.on('drop', () => unread.report('too-many'));
  const isWithinLimit = countByAddress(limits.maxConnectionsPerAddress, isProxy);
  server.on('connection', (socket) => {
    // It was reset before it was accepted: nobody gets the answer, and it has no address to be limited by.
    if (socket.remoteAddress === undefined) return void socket.destroy();
    const connection = new Connection(socket, connectionOptions);
    connections.set(socket, connection);
    if (!isWithinLimit(socket)) unread.cutOff(connection, 'too-many-from-address');
  });
  return server;
};

/** Ends a connection by what `say` writes, behind the responses that the client is still owed. */
export const endConnection = (socket: Socket, say: () => void): void => connections.get(socket)?.endWith(say);

/** Says that the response which is under way on a connection is a stream, and its last (`Connection.becomeStream`). */
export const markAsStream = (socket: Socket | null): void => {
  if (socket) connections.get(socket)?.becomeStream();
};
