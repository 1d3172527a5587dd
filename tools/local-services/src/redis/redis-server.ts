import { outputTail } from '../output-tail.ts';
import { stopProcess, untilEnded } from '../stop-process.ts';
import { untilReady } from '../until-ready.ts';
import { askRedis } from './ask-redis.ts';
import type { RedisProcess, RedisSource } from './redis-source.ts';

/** Longer than it takes to load a large append-only file. */
const readyWithinMs = 30_000;

export interface RedisServerSetup {
  source: RedisSource;
  port: number;
  dataDir: string;
  settings: readonly string[];
  report: (line: string) => void;
  /** Told of each server process that was started. */
  onStarted: (pid: number | undefined, url: string) => Promise<void>;
  /** Called once the server is stopped for good. */
  onStopped: () => Promise<void>;
}

const stopGraceMs = 10_000;

/** A Redis of one's own. Whatever happens to its process, port and data stay the same. */
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

  /** The server's pid; `undefined` while it is not running, and in a container. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts it again: after `kill()`, or after a clean stop when it is running. Resolves when it answers. */
  async restart(): Promise<void> {
    if (this.#stopping)
      throw new Error('This Redis was stopped for good, and its folder is no longer its own');
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
      report(`Redis: it has ended by itself (${signal ?? `code ${code}`})\n${output()}`);
      this.#process = undefined;
    });
  }

  /** Ends it as a power cut would: SIGKILL. Resolves when it is gone. Its port and data stay reserved. */
  async kill(): Promise<void> {
    const killed = this.#forget();
    if (!killed) return;
    await killed.signal('SIGKILL');
    await untilEnded(killed.child);
  }

  /** Stops it in its tracks: connections stay open, and nothing answers. */
  async freeze(): Promise<void> {
    await this.#process?.signal('SIGSTOP');
  }

  async thaw(): Promise<void> {
    await this.#process?.signal('SIGCONT');
  }

  /** Ends it cleanly, with all its data on disk, and frees its folder. May be called more than once. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end().then(() => this.#setup.onStopped());
    return this.#stopping;
  }

  async #end(): Promise<void> {
    const ended = this.#forget();
    if (!ended) return;
    await ended.signal('SIGCONT').catch(() => {}); // frozen, it would not see the SIGTERM; a container may say no
    const kill = () => ended.signal('SIGKILL').catch(() => ended.child.kill('SIGKILL'));
    await stopProcess(ended.child, { graceMs: stopGraceMs, kill });
  }

  /** From here on its end is wanted. */
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
        const answer = await askRedis(this.port);
        // Another server on the port answers while ours is still finding out that the port is taken.
        return answer !== undefined && (pid === undefined || answer.processId === pid);
      },
    });
  }
}
