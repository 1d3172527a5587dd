import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, startProgram } from '@backend-jobs/local-services';

interface SinkReport {
  count: number;
  times: (number | null)[];
}

/** A mail server in a process of its own, which takes everything and knows when it did. */
export class Sink {
  readonly smtpUrl: string;
  readonly #controlUrl: string;
  readonly stop: () => Promise<void>;

  constructor(ports: { smtp: number; control: number }, stop: () => Promise<void>) {
    this.smtpUrl = `smtp://127.0.0.1:${ports.smtp}`;
    this.#controlUrl = `http://127.0.0.1:${ports.control}`;
    this.stop = stop;
  }

  async count(): Promise<number> {
    return (await this.#ask('GET')).count;
  }

  async forget(): Promise<void> {
    await this.#ask('DELETE');
  }

  /** When the n-th message was taken, for each of `nth` (the first is 1), by the clock of `process.hrtime`. */
  async takenAtMs<const Nth extends number[]>(...nth: Nth): Promise<{ [Index in keyof Nth]: number }> {
    const { times } = await this.#ask('GET', `/?nth=${nth.join(',')}`);
    if (times.includes(null)) throw new Error(`The sink has not taken as many messages as ${nth}`);
    return times as { [Index in keyof Nth]: number };
  }

  /** @throws when it has not taken so many after `withinMs` without a single new one, or has taken more */
  async untilTaken(wanted: number, { withinMs = 20_000, everyMs = 20 } = {}): Promise<void> {
    let taken = -1;
    for (let deadline = Date.now() + withinMs; taken !== wanted; await sleep(everyMs)) {
      const count = await this.count();
      if (count > wanted) throw new Error(`The sink took ${count} messages, where ${wanted} were to come`);
      if (count > taken) deadline = Date.now() + withinMs;
      if (Date.now() > deadline) throw new Error(`Only ${count} of ${wanted} messages came`);
      taken = count;
    }
  }

  async #ask(method: 'GET' | 'DELETE', path = '/'): Promise<SinkReport> {
    const response = await fetch(this.#controlUrl + path, { method });
    return (await response.json()) as SinkReport;
  }
}

/** Starts a sink that takes each message after `delayMs`. */
export const startSink = async (delayMs = 0): Promise<Sink> => {
  const ports = { smtp: await freePort(), control: await freePort() };
  const program = await startProgram({
    name: 'sink',
    main: fileURLToPath(new URL('./sink-process.ts', import.meta.url)),
    env: {
      SMTP_PORT: String(ports.smtp),
      CONTROL_PORT: String(ports.control),
      DELAY_MS: String(delayMs),
    },
    isReady: async () =>
      (await fetch(`http://127.0.0.1:${ports.control}`).catch(() => undefined))?.ok ?? false,
  });
  return new Sink(ports, () => program.stop());
};
