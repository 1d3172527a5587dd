import { outputTail } from '../output-tail.ts';
import { stopProcess, untilEnded } from '../stop-process.ts';
import { untilReady } from '../until-ready.ts';
import { askRedis } from './ask-redis.ts';
import type { RedisProcess, RedisSource } from './redis-source.ts';

/** Enough time to load a large append-only file. */
const readyWithinMs = 30_000;

export interface RedisServerSetup {
  source: RedisSource;
  port: number;
  dataDir: string;
  settings: readonly string[];
  report: (line: string) => void;
  /** Called for each server process that was started. */
  onStarted: (pid: number | undefined, url: string) => Promise<void>;
  /** Called when the server has been stopped by `stop()`. */
  onStopped: () => Promise<void>;
}

/** After how long `stop()` kills a server that has not ended by then. */
export const stopGraceMs = 10_000;

/** A Redis that only its caller uses. Its process may be killed and restarted; port and data stay the same. */
export class RedisServer {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly #setup: RedisServerSetup;
  #process: RedisProcess | undefined;
  #stopping: Promise<void> | undefined;

  constructor(setup: RedisServerSetup) {
    this.#setup = setup;
    this.port = setup.port;
    this.dataDir = setup.dataDir;
    this.url = `redis://127.0.0.1:${setup.port}`;
  }

  /** The pid of the server; `undefined` while it does not run, and in a container. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the server; one that runs is stopped cleanly before. Resolves when the server replies. */
  async restart(): Promise<void> {
    if (this.#stopping) throw new Error('This Redis was stopped, and its folder is free for others');
    await this.#end();
    const { source, dataDir, settings, onStarted, report } = this.#setup;
    const started = source.launch({ port: this.port, dataDir, settings });
    this.#process = started;
    const output = outputTail(started.child);
    await onStarted(started.pid, this.url);
    try {
      await this.#untilReady(started, output);
    } catch (error) {
      await this.#end();
      throw error;
    }
    started.child.once('exit', (code, signal) => {
      if (this.#process !== started) return;
      report(`Redis: the server has ended by itself (${signal ?? `code ${code}`})\n${output()}`);
      this.#process = undefined;
    });
  }

  /** Kills the server with SIGKILL, as a power cut would. Resolves when it has ended. The folder stays locked. */
  async kill(): Promise<void> {
    const killed = this.#forget();
    if (!killed) return;
    await killed.signal('SIGKILL');
    await untilEnded(killed.child);
  }

  /** Suspends the process: connections stay open, and get no reply. */
  async freeze(): Promise<void> {
    await this.#process?.signal('SIGSTOP');
  }

  async thaw(): Promise<void> {
    await this.#process?.signal('SIGCONT');
  }

  /** Stops the server cleanly, with all its data on disk, and unlocks its folder. May be called more than once. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end().then(() => this.#setup.onStopped());
    return this.#stopping;
  }

  async #end(): Promise<void> {
    const ended = this.#forget();
    if (!ended) return;
    await ended.signal('SIGCONT').catch(() => {}); // a frozen server gets no SIGTERM; in a container this may fail
    const kill = () => ended.signal('SIGKILL').catch(() => ended.child.kill('SIGKILL'));
    await stopProcess(ended.child, { graceMs: stopGraceMs, kill });
  }

  /** From here on the end of the process is expected, and is not reported. */
  #forget(): RedisProcess | undefined {
    const forgotten = this.#process;
    this.#process = undefined;
    return forgotten;
  }

  #untilReady({ child, pid }: RedisProcess, output: () => string): Promise<void> {
    return untilReady({
      name: `Redis (${this.#setup.source.name})`,
      child,
      output,
      withinMs: readyWithinMs,
      isReady: async () => {
        const reply = await askRedis(this.port);
        // If another server has the port, it replies before ours notices that the port is taken.
        return reply !== undefined && (pid === undefined || reply.processId === pid);
      },
    });
  }
}
