import { exactProcessorMs, type RunningProgram } from '@backend-jobs/local-services';
import { untilDeadline } from '@backend-jobs/runtime';

/** More than the 5 s that each app has here to finish its jobs and requests. */
const endWithinMs = 15_000;

/** `env` is in addition to what the app always has. */
type StartProgram = (log: (chunk: string) => void, env: Record<string, string>) => Promise<RunningProgram>;

/** One app in its own process, which can be ended and restarted. */
export class App {
  readonly #startProgram: StartProgram;
  readonly #onUnexpected: (what: string) => void;
  #running: Promise<RunningProgram> | undefined;
  #outputTail = '';

  /** `onUnexpected` is called when the process ends by itself, or does not end when it should. */
  constructor(start: StartProgram, onUnexpected: (what: string) => void) {
    this.#startProgram = start;
    this.#onUnexpected = onUnexpected;
  }

  async start(env: Record<string, string> = {}): Promise<void> {
    const log = (chunk: string) => {
      this.#outputTail = (this.#outputTail + chunk).slice(-2_000);
    };
    const starting = this.#startProgram(log, env);
    this.#running = starting;
    const { exited } = await starting;
    void exited.then((how) => {
      if (this.#running !== starting) return;
      this.#running = undefined;
      this.#onUnexpected(`ended by itself (${how}) ${this.#outputTail}`);
    });
  }

  /** Sends the signal, and resolves when the process has ended. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const running = await this.#forget();
    if (!running) return;
    // Says whether one that does not end computes, or waits.
    const usedMs = () => exactProcessorMs(running.pid).catch(() => Number.NaN);
    const usedBeforeMs = await usedMs();
    process.kill(running.pid, signal);
    if (await untilDeadline(running.exited, endWithinMs)) return;
    const used = Math.round((await usedMs()) - usedBeforeMs);
    const what = `did not end within ${endWithinMs / 1_000} s of ${signal}`;
    this.#onUnexpected(`${what}, in which it used ${used} ms of processor time`);
    await running.stop(0);
  }

  /** Suspends or continues the process; one that has ended stays ended. */
  async signal(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const running = await this.#running;
    if (running) process.kill(running.pid, signal);
  }

  async stop(): Promise<void> {
    await (await this.#forget().catch(() => undefined))?.stop(); // an app that failed to start is already stopped
  }

  /** From here on the end of the process is expected. */
  #forget(): Promise<RunningProgram | undefined> {
    const forgotten = this.#running;
    this.#running = undefined;
    return Promise.resolve(forgotten);
  }
}
