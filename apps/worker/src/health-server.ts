import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/**
 * For whoever restarts this process: `/livez` says that it runs, `/readyz` that it can work (`isReady`). 200 or 503, and
 * nothing else.
 */
export const startHealthServer = async (options: {
  host: string;
  port: number;
  isReady: () => Promise<boolean>;
}): Promise<Server> => {
  const server = createServer(async ({ url }, response) => {
    const status = url === '/livez' ? 200 : url !== '/readyz' ? 404 : (await options.isReady()) ? 200 : 503;
    response.writeHead(status).end();
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return server;
};
