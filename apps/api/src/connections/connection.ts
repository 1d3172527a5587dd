import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Intake } from './intake.ts';

export interface ConnectionOptions {
  maxRequests: number;
  handle: RequestListener;
  /** Calls a function a little later, by turns with other connections. */
  takeTurn: (serve: () => void) => void;
  /** Called when a request is handed to `handle`, and when its response has gone out or was given up. */
  onBusy(connection: Connection): void;
  onIdle(connection: Connection): void;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

/** How long a client may take to receive the last words. */
const farewellMs = 2_000;

/** Of what a client sends behind the request of a stream, which nobody has asked for. */
const mostBytesBehindStream = 64 * 1024;

/** What Node keeps for a request that waits. Measured: 3 to 4 KB. */
const bytesPerRequest = 4_096;

/**
 * The requests of one client, served one at a time: a request waits until the response before it has gone out, and
 * nothing more is taken in until then. So a client who does not read is owed one response. Node alone would serve all
 * the requests that arrive together, and hold their responses until the client reads them.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #intake: Intake;
  /** Those that came in one piece with the end of an earlier one. */
  readonly #waiting: Exchange[] = [];
  #current: Exchange | undefined;
  #requests = 0;
  #farewell: (() => void) | undefined;
  /** Since when the client has been seen not to receive the current response, by the clock of `performance`. */
  unreadSinceMs: number | undefined;
  #isStream = false;

  /** @param socket one that Node's HTTP server listens to already */
  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#intake = new Intake(socket, () => this.#isOpen);
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    this.#requests += 1;
    // What arrives behind the last request is not served: the client repeats it (RFC 9112, section 9.3.2).
    if (this.#requests > this.#options.maxRequests) return;
    if (this.#requests === this.#options.maxRequests) response.setHeader('connection', 'close');
    if (this.#current) this.#waiting.push({ request, response });
    else this.#serve({ request, response });
  }

  /**
   * Ends the connection by what `say` writes, since what the client sends can't be read any further. The requests that
   * arrived whole before that get their responses first.
   */
  endWith(say: () => void): void {
    if (this.#farewell) return;
    this.#farewell = say;
    if (this.#waiting.at(-1)?.request.complete === false) this.#waiting.pop();
    const { request, response } = this.#current ?? {};
    if (request?.complete || this.#waiting.length > 0) return;
    if (response?.headersSent) this.cutOff();
    else this.#sayFarewell();
  }

  /**
   * Says that the current response goes on as long as something happens: each part of it may take as long as a response. It
   * is the last one of this connection, so what the client still sends is not kept: it would be, for as long as the stream.
   * Nor is it read without end.
   */
  becomeStream(): void {
    this.#isStream = true;
    this.#intake.discard();
    const bytesBefore = this.#socket.bytesRead;
    this.#socket.on('data', () => {
      if (this.#socket.bytesRead - bytesBefore > mostBytesBehindStream) this.cutOff();
    });
  }

  get isStream(): boolean {
    return this.#isStream;
  }

  /** How many bytes of the current response the client has yet to receive. */
  get unsentBytes(): number {
    const response = this.#current?.response;
    return response?.headersSent && !this.#socket.destroyed ? response.writableLength : 0;
  }

  /** About what this process holds in memory for the client. */
  get heldBytes(): number {
    return this.unsentBytes + this.#intake.keptBytes + this.#waiting.length * bytesPerRequest;
  }

  /** Resets it, so that the system forgets at once what it holds for the client, too. */
  cutOff(): void {
    this.#waiting.length = 0;
    if (this.#socket.destroyed) return;
    // It alone would still wait for the client to read, and one that was ended already can't be reset.
    if (!this.#socket.writableEnded) this.#socket.resetAndDestroy();
    this.#socket.destroy();
  }

  /** Whether more of what the client sends can be used now: the rest of the current request, or another one. */
  get #isOpen(): boolean {
    if (this.#farewell || this.#socket.destroyed) return false;
    if (this.#current) return !this.#current.request.complete;
    return this.#waiting.length === 0 && this.#requests < this.#options.maxRequests;
  }

  #sayFarewell(): void {
    this.#farewell?.();
    this.#intake.discard();
    // Node no longer watches it: a client that never closes would stay, and could send without end.
    setTimeout(() => this.cutOff(), farewellMs).unref();
  }

  #serve(exchange: Exchange): void {
    this.#current = exchange;
    this.#options.onBusy(this);
    exchange.response.once('close', this.#finish);
    this.#options.handle(exchange.request, exchange.response);
  }

  readonly #finish = (): void => {
    this.#current = undefined;
    this.unreadSinceMs = undefined;
    this.#isStream = false;
    this.#options.onIdle(this);
    if (this.#waiting.length > 0 || this.#intake.keptBytes > 0) this.#options.takeTurn(this.#goOn);
    else if (this.#farewell) this.#sayFarewell();
  };

  readonly #goOn = (): void => {
    if (this.#socket.destroyed) return;
    const next = this.#waiting.shift();
    if (next) this.#serve(next);
    else if (this.#farewell) this.#sayFarewell();
    this.#intake.handOn();
  };
}
