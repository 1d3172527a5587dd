import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a server is about to reply to. `message` is the final dot; `other` is whatever it does not know. */
export type SmtpPhase =
  | 'greeting'
  | 'EHLO'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'message'
  | 'RSET'
  | 'QUIT'
  | 'other';

/** The bytes of one reply as they go out, line ends too, whether they are SMTP or not. */
export interface RawReply {
  bytes: string | Buffer;
  /** They go out in so many pieces, one every `everyMs`; all at once by default. */
  pieces?: number;
  everyMs?: number;
  /** What comes after them: `drop` closes the connection, `reset` breaks it off. */
  ends?: 'drop' | 'reset';
}

/** The reply in this phase of the dialogue about `recipient`, who is not known before RCPT; `undefined`: a good one. */
export type RawScript = (phase: SmtpPhase, recipient: string | undefined) => RawReply | undefined;

const goodReplies: Record<SmtpPhase, string> = {
  greeting: '220 mail.example ESMTP\r\n',
  EHLO: '250-mail.example\r\n250 8BITMIME\r\n',
  MAIL: '250 2.1.0 Ok\r\n',
  RCPT: '250 2.1.5 Ok\r\n',
  DATA: '354 Go on\r\n',
  message: '250 2.0.0 Ok\r\n',
  RSET: '250 2.0.0 Ok\r\n',
  QUIT: '221 2.0.0 Bye\r\n',
  other: '500 5.5.1 Unknown command\r\n',
};

const commands = ['EHLO', 'MAIL', 'RCPT', 'DATA', 'RSET', 'QUIT'] as const;

/** An SMTP server that sends the very bytes that a test gives it. It keeps no messages, and has no TLS. */
export class RawSmtpServer {
  /** May be changed at any time. */
  script: RawScript = () => undefined;
  /** A connection over which the client has said nothing for so long is closed. */
  closesIdleAfterMs = 60_000;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => this.#take(socket));
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('It does not listen');
    return `smtp://127.0.0.1:${address.port}`;
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setTimeout(this.closesIdleAfterMs, () => socket.destroy());
    socket.on('error', () => {}); // the client has closed it, or it was reset
    socket.on('close', () => this.#sockets.delete(socket));
    const dialogue = new Dialogue((phase, recipient) => this.script(phase, recipient));
    let turn = dialogue.greet(socket);
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      turn = turn.then(() => dialogue.hear(chunk, socket));
    });
  }
}

class Dialogue {
  readonly #script: RawScript;
  #unread = '';
  #recipient: string | undefined;
  #isInMessage = false;

  constructor(script: RawScript) {
    this.#script = script;
  }

  greet(socket: Socket): Promise<void> {
    return this.#reply('greeting', socket);
  }

  async hear(chunk: string, socket: Socket): Promise<void> {
    this.#unread += chunk;
    for (;;) {
      const end = this.#isInMessage ? '\r\n.\r\n' : '\r\n';
      const at = this.#unread.indexOf(end);
      if (at === -1) return;
      const text = this.#unread.slice(0, at);
      this.#unread = this.#unread.slice(at + end.length);
      await this.#reply(this.#phaseOf(text), socket);
    }
  }

  #phaseOf(text: string): SmtpPhase {
    if (this.#isInMessage) return 'message';
    const [command = ''] = text.toUpperCase().split(/[ :]/, 1);
    if (command === 'RCPT') this.#recipient = /<(.*)>/.exec(text)?.[1];
    return commands.find((known) => known === command) ?? (command === 'HELO' ? 'EHLO' : 'other');
  }

  async #reply(phase: SmtpPhase, socket: Socket): Promise<void> {
    const good: RawReply = { bytes: goodReplies[phase] };
    const { bytes, pieces = 1, everyMs = 0, ends } = this.#script(phase, this.#recipient) ?? good;
    const buffer = Buffer.from(bytes);
    // A client hands the message over after a reply to DATA that begins with a 3, and often after a 2.
    this.#isInMessage = phase === 'DATA' && /^[23]/.test(buffer.toString('latin1', 0, 1));
    if (this.#isInMessage) this.#unread = `\r\n${this.#unread}`; // so that a dot may be its first line
    const size = Math.ceil(buffer.length / pieces);
    for (let at = 0; at < buffer.length && socket.writable; at += size) {
      if (everyMs > 0) await sleep(everyMs, undefined, { ref: false });
      socket.write(buffer.subarray(at, at + size));
    }
    if (phase === 'QUIT' || ends === 'drop') socket.end();
    if (ends === 'reset') socket.resetAndDestroy();
  }
}

/** Starts one on a free port of 127.0.0.1. */
export const startRawSmtpServer = async (): Promise<RawSmtpServer> => {
  const server = new RawSmtpServer();
  await server.start();
  return server;
};
