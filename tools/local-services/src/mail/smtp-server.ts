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

/** A real SMTP server in this process. It keeps the messages that it receives, and follows the script of a test. */
export class SmtpServer {
  readonly port: number;
  /** Contains the user and the password, if there are any. */
  readonly url: string;
  /** In the order in which they were completed. A restart keeps them. */
  readonly messages: ReceivedMessage[] = [];
  /** A test may change it at any time. */
  script: SmtpScript;
  readonly #setup: SmtpServerSetup;
  /** By the port of the client: a session of smtp-server shows nothing else that identifies its socket. */
  readonly #connections = new Map<number, { ordinal: number; socket: Socket }>();
  #connectionsTaken = 0;
  #idleTimeoutMs: number | undefined;
  #server: SMTPServer | undefined;

  constructor(setup: SmtpServerSetup) {
    const { port, tls, auth, script } = setup;
    const credentials = auth && `${encodeURIComponent(auth.user)}:${encodeURIComponent(auth.password)}@`;
    this.port = port;
    this.url = `${tls === 'implicit' ? 'smtps' : 'smtp'}://${credentials ?? ''}127.0.0.1:${port}`;
    this.script = script;
    this.#setup = setup;
  }

  /** How many connections are open now, and how many there have been since the first start. */
  get connections(): { open: number; total: number } {
    const open = [...this.#connections.values()].filter(({ socket }) => !socket.destroyed);
    return { open: open.length, total: this.#connectionsTaken };
  }

  /** A connection that is opened from now on is closed with a 421 when the client has said nothing for so long. */
  set idleTimeoutMs(ms: number | undefined) {
    this.#idleTimeoutMs = ms;
    if (this.#server) this.#server.options.socketTimeout = ms;
  }

  /** Returns the messages that were sent to an address. */
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

  /** Starts to listen, on the same port as before. Messages and script stay the same. */
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
      socketTimeout: this.#idleTimeoutMs,
      logger: false, // also hides the warning about the built-in certificate
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
