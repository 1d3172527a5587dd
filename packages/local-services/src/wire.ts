import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Passing {
  direction: 'request' | 'answer';
  /** What is about to be passed on, as it came: a part of a command, or many. */
  text: string;
}

/**
 * A line between a client and a server on this machine, for tests that act when something certain goes over it. By
 * default all is passed on.
 */
export class Wire {
  /** False holds this back, and all that comes after it on its connection. */
  watch: (passing: Passing) => boolean = () => true;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isHalted = false;

  constructor(server: Server) {
    this.#server = server;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The wire is down');
    return address.port;
  }

  /** From now on nothing is passed on, and every connection stays open: the other end is gone without a word. */
  halt(): void {
    this.#isHalted = true;
  }

  /** New connections work again. Those that were open stay dead. */
  mend(): void {
    this.#isHalted = false;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  join(client: Socket, server: Socket): void {
    const line = { isDead: false };
    this.#pass(client, server, 'request', line);
    this.#pass(server, client, 'answer', line);
  }

  #pass(from: Socket, to: Socket, direction: Passing['direction'], line: { isDead: boolean }): void {
    this.#sockets.add(from);
    from.on('data', (chunk) => {
      line.isDead ||= this.#isHalted || !this.watch({ direction, text: chunk.toString('latin1') });
      if (!line.isDead) to.write(chunk);
    });
    from.on('error', () => {}); // its close follows
    from.on('close', () => {
      this.#sockets.delete(from);
      if (!line.isDead) to.destroy();
    });
  }
}

/** Opens a wire to `targetPort` on this machine, at a port of its own. */
export const startWire = async (targetPort: number): Promise<Wire> => {
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    wire.join(client, target);
  });
  const wire = new Wire(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return wire;
};
