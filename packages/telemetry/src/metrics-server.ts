import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What is served: the text of all metrics, and its type. */
interface Source {
  contentType: string;
  metrics(): Promise<string>;
}

export interface MetricsServer {
  close(): Promise<void>;
}

/** Longer than the time between two scrapes, so that they share a connection. */
const keepAliveTimeoutMs = 125_000;

/**
 * Serves `GET /metrics` on a port of its own, which has no login: it is for the scraper, and not for clients.
 *
 * @throws when the port is taken
 */
export const startMetricsServer = async (options: {
  host: string;
  port: number;
  source: Source;
}): Promise<MetricsServer> => {
  const { host, port, source } = options;
  const respond = async ({ url, method }: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end();
    if (method !== 'GET' && method !== 'HEAD')
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    const text = await source.metrics().catch(() => undefined);
    if (text === undefined) return void response.writeHead(500).end();
    response.writeHead(200, { 'content-type': source.contentType }).end(text);
  };
  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, respond);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(`METRICS_PORT: nothing can listen on port ${port} of ${host}`, { cause });
  }
  return {
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
