import type { SignUpStream } from './sign-up-stream.ts';

/**
 * The open streams, at most `max`, and whose they are. One client may have all of them as long as nobody else wants one;
 * then whoever has most makes room, so that nobody can keep the others out.
 */
export class StreamsByClient {
  readonly all = new Set<SignUpStream>();
  readonly #max: number;
  /** Those of each client, the oldest first. */
  readonly #byClient = new Map<string, Set<SignUpStream>>();

  constructor(max: number) {
    this.#max = max;
  }

  hasRoomFor(client: string): boolean {
    const own = this.#byClient.get(client)?.size ?? 0;
    return this.all.size < this.#max || this.#largest().size > own + 1;
  }

  /** Returns the stream that had to make room, which is no longer one of them. The caller has asked `hasRoomFor`. */
  add(stream: SignUpStream): SignUpStream | undefined {
    const [oldest] = this.all.size < this.#max ? [] : this.#largest();
    if (oldest) this.delete(oldest);
    this.all.add(stream);
    const its = this.#byClient.get(stream.client) ?? new Set();
    this.#byClient.set(stream.client, its.add(stream));
    return oldest;
  }

  delete(stream: SignUpStream): void {
    this.all.delete(stream);
    const its = this.#byClient.get(stream.client);
    its?.delete(stream);
    if (its?.size === 0) this.#byClient.delete(stream.client);
  }

  #largest(): Set<SignUpStream> {
    let largest = new Set<SignUpStream>();
    for (const its of this.#byClient.values()) if (its.size > largest.size) largest = its;
    return largest;
  }
}
