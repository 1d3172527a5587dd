import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createTrickle } from './trickle.ts';

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
  /** How long each byte of an answer takes; at 0 answers go as they come. What is on its way follows a change. */
  answerPaceMs = 0;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #isHalted = false;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  /** Stays the same over a restart. */
  get port(): number {
    return this.#port;
  }

  /** From now on nothing is passed on, and every connection stays open: the other end is gone without a word. */
  halt(): void {
    this.#isHalted = true;
  }

  /** New connections work again. Those that were open stay dead. */
  mend(): void {
    this.#isHalted = false;
  }

  /** Drops every connection, and refuses new ones. May be called more than once. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Listens on the same port (again). One that was halted still is. */
  async restart(): Promise<void> {
    await this.stop();
    const server = createServer((client) => this.#join(client, connect(this.#targetPort, '127.0.0.1')));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening'); // rejects when the port is taken
    const address = server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
    this.#server = server;
  }

  #join(client: Socket, server: Socket): void {
    const line = { isDead: false };
    this.#pass(client, server, 'request', line);
    this.#pass(server, client, 'answer', line);
  }

  #pass(from: Socket, to: Socket, direction: Passing['direction'], line: { isDead: boolean }): void {
    const outlet = createTrickle(to, () => (direction === 'answer' ? this.answerPaceMs : 0));
    this.#sockets.add(from);
    from.on('data', (chunk) => {
      line.isDead ||= this.#isHalted || !this.watch({ direction, text: chunk.toString('latin1') });
      if (!line.isDead) outlet.write(chunk);
    });
    from.on('error', () => {}); // its close follows
    from.on('close', () => {
      this.#sockets.delete(from);
      if (!line.isDead) outlet.destroy();
    });
  }
}

/** Opens a wire to `targetPort` on this machine, at a port of its own. */
export const startWire = async (targetPort: number): Promise<Wire> => {
  const wire = new Wire(targetPort);
  await wire.restart();
  return wire;
};
