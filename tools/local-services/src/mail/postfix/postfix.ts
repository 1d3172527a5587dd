import type { ChildProcess } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnTethered } from '../../spawn-tethered.ts';
import { stopProcess } from '../../stop-process.ts';
import { untilReady } from '../../until-ready.ts';
import type { SmtpServer } from '../smtp-server.ts';
import type { PostfixConfig } from './postfix-config.ts';
import { startPostgrey } from './start-postgrey.ts';
import { configDirectory, logFile, type PostfixPlace, writePostfix } from './write-postfix.ts';

/** One copy of a message that Postfix has taken and passed on. */
export interface DeliveredCopy {
  to: string;
  messageId: string | undefined;
  /** When it had passed Postfix, as of `Date.now()`. */
  atMs: number;
}

/** A running Postfix of one's own. */
export class Postfix {
  readonly port: number;
  readonly url: string;
  /** Where the mail goes after it has passed Postfix. */
  readonly sink: SmtpServer;
  readonly #place: PostfixPlace;
  #master: ChildProcess | undefined;
  #postgrey: ChildProcess | undefined;

  constructor(place: PostfixPlace, sink: SmtpServer) {
    this.port = place.port;
    this.url = `smtp://127.0.0.1:${place.port}`;
    this.sink = sink;
    this.#place = place;
  }

  /** Its own certificate, where the configuration has one. */
  get certificateFile(): string {
    return join(configDirectory(this.#place), 'certificate.pem');
  }

  /** The certificate of the authority that signed Postfix' own, where the configuration says 'own-ca'. */
  get caFile(): string {
    return join(configDirectory(this.#place), 'ca.pem');
  }

  /** What has passed Postfix so far, in the order in which it did. */
  delivered(): DeliveredCopy[] {
    return this.sink.messages.flatMap((message) =>
      message.to.map((to) => ({ to, messageId: message.header('message-id'), atMs: message.receivedAtMs })),
    );
  }

  /** All that Postfix has logged. */
  log(): Promise<string> {
    return readFile(logFile(this.#place), 'utf8').catch(() => '');
  }

  async start(config: PostfixConfig): Promise<void> {
    const place = this.#place;
    await writePostfix(place, config);
    if (config.greylistingS !== undefined) {
      this.#postgrey = await startPostgrey(place, config.greylistingS);
    }
    const { root, env } = place.programs;
    const master = join(root, 'usr/lib/postfix/sbin/master');
    // `postfix start` would first check, for seconds, what was written just now.
    this.#master = spawnTethered(master, ['-c', configDirectory(place), '-d'], { env });
    await this.#untilLogged('daemon started', '');
  }

  /**
   * As an operator's `postfix reload`: connections that are open keep to the old settings until they end.
   * Resolves when new ones follow the new.
   */
  async reload(config: PostfixConfig): Promise<void> {
    await writePostfix(this.#place, config);
    const before = await this.log();
    this.#master?.kill('SIGHUP');
    await this.#untilLogged('reload -- version', before);
  }

  /** May be called more than once. */
  async stop(): Promise<void> {
    for (const child of [this.#master, this.#postgrey]) {
      if (child) await stopProcess(child, { graceMs: 5_000 });
    }
    await this.sink.stop();
    // Its daemons end just after it does, and may still write.
    await rm(this.#place.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  async #untilLogged(words: string, before: string): Promise<void> {
    const master = this.#master;
    if (!master) return;
    const isReady = async () => (await this.log()).slice(before.length).includes(words);
    try {
      await untilReady({ name: 'Postfix', child: master, isReady, withinMs: 20_000 });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${(await this.log()).slice(-2_000)}`);
    }
  }
}
