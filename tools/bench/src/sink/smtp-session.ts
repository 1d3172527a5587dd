export interface SessionOptions {
  /** How long a message waits before it is taken. */
  delayMs: number;
  /** A message has been taken; its answer goes out right after. */
  onTaken: () => void;
  write: (answer: string) => void;
  end: () => void;
}

const extensions = '250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n';
const endOfData = '\r\n.\r\n';

/**
 * The server's side of one SMTP connection (RFC 5321, with pipelining, RFC 2920) that accepts whatever it is given, and
 * keeps nothing of it.
 */
export class SmtpSession {
  readonly #options: SessionOptions;
  #pending = '';
  #state: 'commands' | 'data' | 'waiting' = 'commands';

  constructor(options: SessionOptions) {
    this.#options = options;
    options.write('220 sink ESMTP\r\n');
  }

  /** Takes what came, cut wherever the network cut it. */
  receive(text: string): void {
    this.#pending += text;
    this.#work();
  }

  #work(): void {
    let answers = '';
    for (;;) {
      const answer = this.#state === 'commands' ? this.#nextCommand() : this.#nextData();
      if (answer === undefined) break;
      answers += answer;
    }
    // One write for all that was answered: the client sent it in one, too.
    if (answers) this.#options.write(answers);
  }

  #nextCommand(): string | undefined {
    const end = this.#pending.indexOf('\r\n');
    if (end < 0) return undefined;
    const verb = this.#pending.slice(0, Math.min(end, 4)).toUpperCase();
    this.#pending = this.#pending.slice(end + 2);
    switch (verb) {
      case 'EHLO':
        return extensions;
      case 'DATA':
        this.#state = 'data';
        this.#pending = `\r\n${this.#pending}`; // a message may be nothing but its final dot
        return '354 go on\r\n';
      case 'QUIT':
        this.#options.end();
        return '221 bye\r\n';
      case 'HELO':
      case 'MAIL':
      case 'RCPT':
      case 'RSET':
      case 'NOOP':
        return '250 ok\r\n';
      default:
        return '500 unknown command\r\n';
    }
  }

  /** What follows the final dot waits with the message: answers come in the order of what was asked. */
  #nextData(): string | undefined {
    if (this.#state === 'waiting') return undefined;
    const end = this.#pending.indexOf(endOfData);
    if (end < 0) {
      this.#pending = this.#pending.slice(1 - endOfData.length);
      return undefined;
    }
    this.#pending = this.#pending.slice(end + endOfData.length);
    if (this.#options.delayMs === 0) return this.#take();
    this.#state = 'waiting';
    setTimeout(() => {
      this.#options.write(this.#take());
      this.#work();
    }, this.#options.delayMs);
    return undefined;
  }

  #take(): string {
    this.#state = 'commands';
    this.#options.onTaken();
    return '250 taken\r\n';
  }
}
