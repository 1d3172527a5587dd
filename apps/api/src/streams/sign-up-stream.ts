import type { ServerResponse } from 'node:http';
import type { SignUpEvent } from './sign-up-event.ts';

/** A proxy takes a connection on which nothing is sent for a minute for a dead one. */
const beatEveryMs = 15_000;
/** How long a client waits before it comes again: not all at once, where a process with many of them ended. */
const comeAgainMs = () => Math.round(1_000 + Math.random() * 2_000);

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
    this.#write(`retry: ${comeAgainMs()}\n`);
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
  beat(nowMs: number): void {
    if (!this.isOver && nowMs - this.#writtenAtMs >= beatEveryMs) this.#write(':\n\n');
  }

  end(): void {
    this.#response.end();
  }

  #write(text: string): void {
    this.#writtenAtMs = performance.now();
    this.#response.write(text);
  }
}
