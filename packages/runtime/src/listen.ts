import { once } from 'node:events';
import type { Server } from 'node:net';

/** Has `server` listen. @throws an error that names the environment variable of the port, when the port is taken */
export const listen = async (
  server: Server,
  { variable, host, port }: { variable: string; host: string; port: number },
): Promise<void> => {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(`${variable}: cannot listen on port ${port} of ${host}`, { cause });
  }
};
