import { createServer, type Server } from 'node:http';
import { listen } from '@backend-jobs/runtime';

/**
 * Serves the two questions of an orchestrator, with 200 or 503 and no body: `/livez`, whether this process runs, and
 * `/readyz`, whether it can work (`isReady`).
 */
export const startHealthServer = async (options: {
  host: string;
  port: number;
  isReady: () => Promise<boolean>;
}): Promise<Server> => {
  const statusOf = async (url: string | undefined): Promise<number> => {
    if (url === '/livez') return 200;
    if (url === '/readyz') return (await options.isReady()) ? 200 : 503;
    return 404;
  };
  const server = createServer(async ({ url }, response) => {
    response.writeHead(await statusOf(url)).end();
  });
  await listen(server, { variable: 'HEALTH_PORT', host: options.host, port: options.port });
  return server;
};
