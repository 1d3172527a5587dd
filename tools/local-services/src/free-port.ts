import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections. From those, a client could get the port of a
 * server that is down for a moment. A client that keeps trying to connect to such a port can even connect to
 * itself.
 */
const range = { from: 20_000, below: 32_000 };

/** Returns a port of 127.0.0.1 that nothing listens on. It is not reserved, but two callers rarely get the same one. */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(range.from, range.below);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`No free port between ${range.from} and ${range.below}`);
};

/** Returns whether a server could listen on this port of 127.0.0.1 now. */
export const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
