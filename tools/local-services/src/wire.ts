import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';
import { createTrickle } from './trickle.ts';

export interface Passing {
  direction: 'request' | 'reply';
  /** What is about to be passed on, as it arrived: a part of a command, or several commands. */
  text: string;
}

/**
 * A TCP proxy in front of a server on this machine, for tests that act when certain data pass, or that break the
 * connection. By default it passes on everything.
 */
export class Wire {
  /**
   * Called before data are passed on. If it returns false, the wire drops them, and all later data of the
   * connection.
   */
  watch: (passing: Passing) => boolean = () => true;
  /** How long each byte of a reply takes. At 0 replies are not delayed. A change also affects replies on their way. */
  replyPaceMs = 0;
  /** Where new connections lead; those that are open stay, as when a name moves to another server. */
  targetPort: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #isHalted = false;

  constructor(targetPort: number) {
    this.targetPort = targetPort;
  }

  /** A restart does not change it. */
  get port(): number {
    return this.#port;
  }

  /** From now on nothing is passed on, and all connections stay open, as if a network cable had been cut. */
  halt(): void {
    this.#isHalted = true;
  }

  /** Lets new connections work again. Those that were open stay dead. */
  restore(): void {
    this.#isHalted = false;
  }

  /** Drops all connections, and refuses new ones. May be called more than once. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Starts to listen, on the same port as before. A halted wire stays halted. */
  async restart(): Promise<void> {
    await this.stop();
    const server = createServer((client) => this.#join(client, connect(this.targetPort, '127.0.0.1')));
    // Not any port that the system has: a client could get that one while the wire is stopped.
    this.#port ||= await freePort();
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening'); // rejects when the port is taken
    this.#server = server;
  }

  #join(client: Socket, server: Socket): void {
    const line = { isDead: false };
    this.#pass(client, server, 'request', line);
    this.#pass(server, client, 'reply', line);
  }

  #pass(from: Socket, to: Socket, direction: Passing['direction'], line: { isDead: boolean }): void {
    const outlet = createTrickle(to, () => (direction === 'reply' ? this.replyPaceMs : 0));
    this.#sockets.add(from);
    from.on('data', (chunk) => {
      line.isDead ||= this.#isHalted || !this.watch({ direction, text: chunk.toString('latin1') });
      if (!line.isDead) outlet.write(chunk);
    });
    from.on('error', () => {}); // a close event follows
    from.on('close', () => {
      this.#sockets.delete(from);
      if (!line.isDead) outlet.destroy();
    });
  }
}

/** Opens a wire to `targetPort` on this machine, on a free port. */
export const startWire = async (targetPort: number): Promise<Wire> => {
  const wire = new Wire(targetPort);
  await wire.restart();
  return wire;
};
