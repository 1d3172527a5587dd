import { type AppStart, type RunningApp, startApp } from '../start-app.ts';

/** One app in a process of its own, which can be ended and started again. */
export class App {
  readonly #options: Omit<AppStart, 'log'>;
  readonly #unasked: (how: string) => void;
  #running: Promise<RunningApp> | undefined;
  #outputTail = '';

  /** `unasked` is told when the process ends by itself, and what it printed last. */
  constructor(options: Omit<AppStart, 'log'>, unasked: (how: string) => void) {
    this.#options = options;
    this.#unasked = unasked;
  }

  async start(): Promise<void> {
    const log = (chunk: string) => {
      this.#outputTail = (this.#outputTail + chunk).slice(-2_000);
    };
    const starting = startApp({ ...this.#options, log });
    this.#running = starting;
    const { exited } = await starting;
    void exited.then((how) => {
      if (this.#running !== starting) return;
      this.#running = undefined;
      this.#unasked(`ended by itself (${how}) ${this.#outputTail}`);
    });
  }

  /** Ends it by the signal, and resolves when it is gone; at once when it is gone already. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const running = await this.#forget();
    if (!running) return;
    process.kill(running.pid, signal);
    await running.exited;
  }

  async stop(): Promise<void> {
    await (await this.#forget().catch(() => undefined))?.stop(); // one that did not start is stopped already
  }

  /** From here on its end is wanted. */
  #forget(): Promise<RunningApp | undefined> {
    const forgotten = this.#running;
    this.#running = undefined;
    return Promise.resolve(forgotten);
  }
}
