import type { RunningProgram } from '@backend-jobs/local-services';

/** More than the 5 s that an app is given here to finish what it has in hand. */
const endWithinMs = 15_000;

/** One app in a process of its own, which can be ended and started again. */
export class App {
  readonly #startProgram: (log: (chunk: string) => void) => Promise<RunningProgram>;
  readonly #complain: (what: string) => void;
  #running: Promise<RunningProgram> | undefined;
  #outputTail = '';

  /** `complain` is told of what no fault explains: the process ends by itself, or does not end when it should. */
  constructor(
    start: (log: (chunk: string) => void) => Promise<RunningProgram>,
    complain: (what: string) => void,
  ) {
    this.#startProgram = start;
    this.#complain = complain;
  }

  async start(): Promise<void> {
    const log = (chunk: string) => {
      this.#outputTail = (this.#outputTail + chunk).slice(-2_000);
    };
    const starting = this.#startProgram(log);
    this.#running = starting;
    const { exited } = await starting;
    void exited.then((how) => {
      if (this.#running !== starting) return;
      this.#running = undefined;
      this.#complain(`ended by itself (${how}) ${this.#outputTail}`);
    });
  }

  /** Ends it by the signal, and resolves when it is gone; at once when it is gone already. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const running = await this.#forget();
    if (!running) return;
    process.kill(running.pid, signal);
    const timer = setTimeout(() => {
      process.kill(running.pid, 'SIGKILL');
      this.#complain(`did not end within ${endWithinMs / 1_000} s of ${signal}`);
    }, endWithinMs);
    await running.exited;
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    await (await this.#forget().catch(() => undefined))?.stop(); // one that did not start is stopped already
  }

  /** From here on its end is wanted. */
  #forget(): Promise<RunningProgram | undefined> {
    const forgotten = this.#running;
    this.#running = undefined;
    return Promise.resolve(forgotten);
  }
}
