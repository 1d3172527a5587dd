import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections. From those, a client could get the port of a
 * server that is down for a moment. A client that keeps trying to connect to such a port can even connect to
 * itself.
 */
const range = { from: 20_000, below: 32_000 };

/**
 * Returns a port of 127.0.0.1 that nothing listens on. No other caller gets it while this process runs, so that it is
 * still free when the program it is meant for has started.
 */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(range.from, range.below);
    if ((await reserve(port)) && (await isPortFree(port))) return port;
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

/**
 * Resolves to `false` if the port was given out before, by any process that still runs. The mark is the UDP port of the
 * same number: it is in no TCP server's way, and the system removes it when the process ends, however it ends.
 */
const reserve = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, '127.0.0.1', () => {
      socket.unref();
      resolve(true);
    });
  });
