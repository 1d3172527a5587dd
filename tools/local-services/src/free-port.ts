import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range from which systems take the ports of outgoing connections. Inside it a client could take the port of a
 * server that is down for a moment, and one that keeps trying to connect even connects to itself.
 */
const range = { from: 20_000, below: 32_000 };

/** A port of 127.0.0.1 that nobody listens on. Two callers rarely get the same one, but nothing reserves it. */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(range.from, range.below);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`No free port between ${range.from} and ${range.below}`);
};

/** Whether a server could listen on this port of 127.0.0.1 now. */
export const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
