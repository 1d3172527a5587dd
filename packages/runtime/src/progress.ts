import { inWords } from './in-words.ts';

export interface ProgressOptions {
  /** The work, and what `total` counts: `audit`, `sign-ups`. */
  name: string;
  things: string;
  total: number;
  /** Standard error by default: what a command prints for other programs goes to standard output. */
  output?: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
}

/** How long after one line the next may follow, on a terminal and in a log. */
const everyMs = { terminal: 200, log: 10_000 };

/**
 * Shows how far some work is, and how long it may still take: on a terminal in one line that changes, elsewhere in a line
 * now and then.
 */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #output: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  readonly #startedAtMs = performance.now();
  #writtenAtMs = performance.now();
  #isShown = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#output = options.output ?? process.stderr;
  }

  /** @param done how many of them in all */
  show(done: number): void {
    const nowMs = performance.now();
    const { isTTY } = this.#output;
    if (nowMs - this.#writtenAtMs < (isTTY ? everyMs.terminal : everyMs.log)) return;
    this.#writtenAtMs = nowMs;
    const text = progressText({ ...this.#options, done, elapsedMs: nowMs - this.#startedAtMs });
    this.#output.write(isTTY ? `\r\x1b[K${text}` : `${text}\n`);
    this.#isShown = true;
  }

  /** Clears the line on the terminal, so that other output can follow. */
  end(): void {
    if (this.#isShown && this.#output.isTTY) this.#output.write('\r\x1b[K');
  }
}

/** `audit: 1,200 of 5,000 sign-ups (24 %), about 40 s left` */
export const progressText = ({
  name,
  things,
  done,
  total,
  elapsedMs,
}: Omit<ProgressOptions, 'output'> & { done: number; elapsedMs: number }): string => {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const count = new Intl.NumberFormat('en');
  const left = share > 0 && share < 1 ? `, about ${inWords((elapsedMs * (1 - share)) / share)} left` : '';
  return `${name}: ${count.format(done)} of ${count.format(total)} ${things} (${Math.floor(share * 100)} %)${left}`;
};
