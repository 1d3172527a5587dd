import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createOwnHosts } from '@backend-jobs/runtime';

// biome-ignore lint/suspicious/noExplicitAny: what a listener takes depends on its event
type Listener = (...args: any[]) => void;

/**
 * Has a server answer under names of this machine alone, and to no page but its own, WebSockets included. maildev by
 * itself lets every site's page read its mail (CORS), and has no setting against it.
 */
export const guardOrigin = (server: Server, boundTo: string): void => {
  const isOwnHost = createOwnHosts(boundTo);

  /** The status to refuse a request with, if it is refused. */
  const refusal = ({ headers: { host = '', origin } }: IncomingMessage): number | undefined => {
    if (!isOwnHost(host)) return 421;
    return origin === undefined || URL.parse(origin)?.host === host ? undefined : 403;
  };

  const guard = <To>(event: 'request' | 'upgrade', refuse: (status: number, to: To) => void): void => {
    const listeners = server.listeners(event) as Listener[];
    server.removeAllListeners(event);
    const listener: Listener = (request: IncomingMessage, to: To, ...rest) => {
      const status = refusal(request);
      if (status !== undefined) return refuse(status, to);
      for (const each of listeners) each.call(server, request, to, ...rest);
    };
    server.on(event, listener);
  };

  guard<ServerResponse>('request', (status, response) => response.writeHead(status).end());
  guard<Socket>('upgrade', (status, socket) => {
    socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`);
  });
};
