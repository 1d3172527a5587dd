import type { ServerResponse } from 'node:http';
import type { SignUpEvent } from './sign-up-event.ts';

/** Proxies close a connection on which nothing was sent for a minute. */
const heartbeatEveryMs = 15_000;
/** How long a client waits before it reconnects: at random, so that those of a process that ends do not return together. */
const reconnectDelayMs = () => Math.round(1_000 + Math.random() * 2_000);

/** One client who follows a sign-up: a response of server-sent events (HTML Living Standard, section 9.2). */
export class SignUpStream {
  readonly #response: ServerResponse;
  readonly client: string;
  readonly openedAtMs = performance.now();
  #writtenAtMs = 0;
  #lastId = '';

  /**
   * @param response whose head has been written
   * @param client whose stream it is
   */
  constructor(response: ServerResponse, client: string) {
    this.#response = response;
    this.client = client;
    this.#write(`retry: ${reconnectDelayMs()}\n`);
  }

  get isOver(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }

  /** Sends the event, unless the last one said the same. */
  send({ id, text }: SignUpEvent): void {
    if (this.isOver || id === this.#lastId) return;
    this.#lastId = id;
    this.#write(text);
  }

  /** Sends a comment, where nothing else has been sent for a while. */
  sendHeartbeat(nowMs: number): void {
    if (!this.isOver && nowMs - this.#writtenAtMs >= heartbeatEveryMs) this.#write(':\n\n');
  }

  end(): void {
    this.#response.end();
  }

  #write(text: string): void {
    this.#writtenAtMs = performance.now();
    this.#response.write(text);
  }
}
