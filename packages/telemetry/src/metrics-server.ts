import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '@backend-jobs/runtime';

/** What a path serves: a text of metrics, and its type; `undefined` while they are not known. */
export interface MetricsSource {
  contentType: string;
  metrics(): Promise<string | undefined>;
}

export interface MetricsServer {
  close(): Promise<void>;
}

/** Longer than the time between two scrapes, so that they share a connection. */
const keepAliveTimeoutMs = 125_000;

/**
 * Serves each of `sources` under its path, on a port of its own, which has no login: it is for scrapers, and not for
 * clients.
 *
 * @throws when the port is taken
 */
export const startMetricsServer = async (options: {
  host: string;
  port: number;
  sources: Record<`/${string}`, MetricsSource>;
}): Promise<MetricsServer> => {
  const { host, port } = options;
  const sources = new Map<string, MetricsSource>(Object.entries(options.sources));
  const respond = async ({ url, method }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const source = sources.get(url?.split('?')[0] ?? '');
    if (!source) return void response.writeHead(404).end();
    if (method !== 'GET' && method !== 'HEAD')
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    try {
      const text = await source.metrics();
      if (text === undefined) response.writeHead(503).end();
      else response.writeHead(200, { 'content-type': source.contentType }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  };
  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, respond);
  await listen(server, { variable: 'METRICS_PORT', host, port });
  return {
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
