import { once } from 'node:events';
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { ReceivedMessage } from './received-message.ts';
import { smtpHandlers } from './smtp-handlers.ts';
import type { SmtpScript } from './smtp-script.ts';

export interface SmtpServerSetup {
  port: number;
  tls: 'none' | 'starttls' | 'implicit';
  auth: { user: string; password: string } | undefined;
  script: SmtpScript;
}

/** A real SMTP server in this process, which keeps what it gets and does what a test scripts. */
export class SmtpServer {
  readonly port: number;
  /** With the credentials, if there are any. */
  readonly url: string;
  /** In the order of their final dots. A restart keeps them. */
  readonly messages: ReceivedMessage[] = [];
  /** May be changed at any time. */
  script: SmtpScript;
  readonly #setup: SmtpServerSetup;
  /** By the client's port, since nothing else tells which socket a session of smtp-server has. */
  readonly #connections = new Map<number, { ordinal: number; socket: Socket }>();
  #connectionsTaken = 0;
  #server: SMTPServer | undefined;

  constructor(setup: SmtpServerSetup) {
    const { port, tls, auth, script } = setup;
    const credentials = auth && `${encodeURIComponent(auth.user)}:${encodeURIComponent(auth.password)}@`;
    this.port = port;
    this.url = `${tls === 'implicit' ? 'smtps' : 'smtp'}://${credentials ?? ''}127.0.0.1:${port}`;
    this.script = script;
    this.#setup = setup;
  }

  /** How many are open now, and how many were taken from the first start on. */
  get connections(): { open: number; total: number } {
    const open = [...this.#connections.values()].filter(({ socket }) => !socket.destroyed);
    return { open: open.length, total: this.#connectionsTaken };
  }

  /** What an address was sent. */
  to(address: string): ReceivedMessage[] {
    return this.messages.filter((message) => message.to.includes(address));
  }

  /** Drops every connection and frees the port. May be called more than once. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const { socket } of this.#connections.values()) socket.destroy();
    await closed;
  }

  /** Listens on the same port (again), with the same messages and script. */
  async restart(): Promise<void> {
    await this.stop();
    const server = new SMTPServer({ ...this.#options(), ...this.#handlers() });
    const listening = once(server.server, 'listening'); // rejects when the port is taken
    server.on('error', () => {}); // connections that broke or were dropped
    server.server.on('connection', (socket) => this.#take(socket));
    server.listen(this.port, '127.0.0.1');
    await listening;
    this.#server = server;
  }

  #options() {
    const { tls, auth } = this.#setup;
    return {
      secure: tls === 'implicit',
      allowInsecureAuth: tls === 'none',
      authOptional: auth === undefined,
      disabledCommands: [...(tls === 'none' ? ['STARTTLS'] : []), ...(auth ? [] : ['AUTH'])],
      disableReverseLookup: true,
      logger: false, // nor its warning about the built-in certificate
    };
  }

  #handlers() {
    return smtpHandlers({
      auth: this.#setup.auth,
      script: () => this.script,
      keep: (message) => this.messages.push(message),
      connection: (remotePort) => {
        const taken = this.#connections.get(remotePort);
        return { ordinal: taken?.ordinal ?? 0, drop: () => taken?.socket.destroy() };
      },
    });
  }

  #take(socket: Socket): void {
    this.#connectionsTaken += 1;
    const { remotePort } = socket;
    if (remotePort !== undefined) {
      this.#connections.set(remotePort, { ordinal: this.#connectionsTaken, socket });
    }
  }
}
