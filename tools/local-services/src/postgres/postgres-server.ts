import type { ChildProcess } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { childrenOf } from '../children-of.ts';
import { outputTail } from '../output-tail.ts';
import { spawnTethered } from '../spawn-tethered.ts';
import { stopProcess, untilEnded } from '../stop-process.ts';
import { untilReady } from '../until-ready.ts';
import { superuser } from './make-cluster.ts';
import type { PostgresPrograms } from './postgres-programs.ts';

export interface PostgresSetup {
  programs: PostgresPrograms;
  port: number;
  dataDir: string;
  settings: Record<string, string>;
  /** Called for each server process that was started. */
  onStarted(pid: number | undefined, url: string): Promise<void>;
  /** Called when the server has been stopped by `stop()`. */
  onStopped(): Promise<void>;
}

/** A PostgreSQL that only its caller uses. Its processes may be killed and started again; port and data stay the same. */
export class PostgresServer {
  readonly url: string;
  readonly port: number;
  readonly version: string;
  readonly #setup: PostgresSetup;
  #process: ChildProcess | undefined;
  #stopping: Promise<void> | undefined;

  constructor(setup: PostgresSetup) {
    this.#setup = setup;
    this.port = setup.port;
    this.version = setup.programs.version;
    this.url = this.urlOf(superuser);
  }

  /** The pid of its first process; `undefined` while it does not run. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  urlOf(database: string): string {
    return `postgres://${superuser}@127.0.0.1:${this.port}/${database}`;
  }

  /** Starts the server; one that runs is stopped cleanly before. Resolves when it takes connections. */
  async restart(): Promise<void> {
    if (this.#stopping) throw new Error('This PostgreSQL was stopped, and its folder is free for others');
    await this.#end();
    const { programs, dataDir, settings, onStarted } = this.#setup;
    const [command = '', ...args] = [
      ...programs.user.prefix,
      join(programs.folder, 'postgres'),
      ...['-D', dataDir, '-p', String(this.port)],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
    const child = spawnTethered(command, args, {
      env: programs.env,
      stdout: 'pipe',
      stderr: 'pipe',
      // On SIGTERM it would wait until all clients have left.
      endSignal: 'INT',
    });
    this.#process = child;
    await onStarted(child.pid, this.url);
    const output = outputTail(child);
    const name = `PostgreSQL (${programs.name})`;
    try {
      await untilReady({ name, child, output, withinMs: 30_000, isReady: () => this.#isReady(child.pid) });
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  /** Kills all its processes with SIGKILL, as a power cut would. Resolves when they have ended. */
  async kill(): Promise<void> {
    const killed = this.#process;
    this.#process = undefined;
    if (!killed) return;
    await this.#signal(killed, 'SIGKILL');
    await untilEnded(killed);
    // With this file of a server that nobody stopped, the next one could take another process for it.
    await rm(this.#pidFile, { force: true });
  }

  /** Suspends all its processes: connections stay open, and get no reply. */
  async freeze(): Promise<void> {
    if (this.#process) await this.#signal(this.#process, 'SIGSTOP');
  }

  async thaw(): Promise<void> {
    if (this.#process) await this.#signal(this.#process, 'SIGCONT');
  }

  /** Stops the server cleanly. A temporary folder of its is removed. May be called more than once. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end().then(() => this.#setup.onStopped());
    return this.#stopping;
  }

  get #pidFile(): string {
    return join(this.#setup.dataDir, 'postmaster.pid');
  }

  async #end(): Promise<void> {
    const ended = this.#process;
    this.#process = undefined;
    if (!ended) return;
    await this.#signal(ended, 'SIGCONT'); // one that is frozen would not stop
    const kill = () => this.#signal(ended, 'SIGKILL');
    await stopProcess(ended, { signal: 'SIGINT', graceMs: 10_000, kill });
  }

  /** The first process starts the others, and none once it is suspended or dead: so it comes first. */
  async #signal(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    const children = signal === 'SIGSTOP' ? [] : await childrenOf(child.pid as number);
    child.kill(signal);
    for (const pid of signal === 'SIGSTOP' ? await childrenOf(child.pid as number) : children) {
      try {
        process.kill(pid, signal);
      } catch {} // it has ended meanwhile
    }
  }

  /** The server writes its pid and its state into a file: another one that has the port is not taken for it. */
  async #isReady(pid: number | undefined): Promise<boolean> {
    const lines = (await readFile(this.#pidFile, 'utf8').catch(() => '')).split('\n');
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  }
}
