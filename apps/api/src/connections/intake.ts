import type { Socket } from 'node:net';

const endOfHead = '\r\n\r\n';
/**
 * A piece is cut at the first end of a head behind so many bytes. Most requests arrive in fewer, alone; the shortest ones
 * have 24. And a body may be made of nothing but what looks like ends of heads: each cut costs a call of the parser.
 */
const smallBytes = 512;

/**
 * What a client sends, handed to Node's HTTP parser request by request, and only while `isOpen()`. Left alone, Node reads
 * 64 KiB at a time and makes objects of all the requests in them, 10 MB for the shortest ones, before anything can stop
 * it. What is not handed on stays with the client: the system stops it once its buffers are full.
 */
export class Intake {
  readonly #isOpen: () => boolean;
  readonly #parse: (bytes: Buffer) => void;
  readonly #pauseSocket: () => Socket;
  readonly #resumeSocket: () => Socket;
  #kept: Buffer | undefined;
  /** Whether Node's HTTP server wants more: it pauses and resumes the socket for reasons of its own. */
  #isWanted = true;
  #isHandingOn = false;
  #isPaused = false;
  #isDiscarding = false;

  /** @param socket one that Node's HTTP server listens to already */
  constructor(socket: Socket, isOpen: () => boolean) {
    this.#isOpen = isOpen;
    this.#pauseSocket = socket.pause.bind(socket);
    this.#resumeSocket = socket.resume.bind(socket);
    this.#parse = socket.listeners('data')[0] as (bytes: Buffer) => void;
    socket.removeListener('data', this.#parse);
    // A listener of any kind also ends the server's reading past JavaScript.
    socket.on('data', this.#take);
    socket.pause = () => {
      this.#isWanted = false;
      this.#isPaused = true;
      return this.#pauseSocket();
    };
    socket.resume = () => {
      this.#isWanted = true;
      this.handOn();
      return socket;
    };
  }

  /** How many bytes have been received and not been handed on. */
  get keptBytes(): number {
    return this.#kept?.length ?? 0;
  }

  /** Goes on where it stopped. To be called when `isOpen()` may have changed. */
  handOn(): void {
    if (this.#isHandingOn || this.#isDiscarding) return;
    this.#isHandingOn = true;
    while (this.#kept && this.#isWanted && this.#isOpen()) this.#handOnPiece(this.#kept);
    this.#isHandingOn = false;
    const isPaused = !this.#isWanted || this.#kept !== undefined;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#pauseSocket();
    else this.#resumeSocket();
  }

  /** Reads and forgets all that still comes, so that the client can finish, and its end be seen. */
  discard(): void {
    this.#isDiscarding = true;
    this.#kept = undefined;
    this.#resumeSocket();
  }

  #handOnPiece(bytes: Buffer): void {
    const at = bytes.indexOf(endOfHead, smallBytes);
    const end = at < 0 ? bytes.length : at + endOfHead.length;
    this.#kept = end < bytes.length ? bytes.subarray(end) : undefined;
    this.#parse(bytes.subarray(0, end));
  }

  readonly #take = (bytes: Buffer): void => {
    if (this.#isDiscarding) return;
    this.#kept = this.#kept ? Buffer.concat([this.#kept, bytes]) : bytes;
    this.handOn();
  };
}
