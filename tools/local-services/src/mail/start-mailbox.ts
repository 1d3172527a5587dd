import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.ts';
import { outputTail } from '../output-tail.ts';
import { spawnTethered } from '../spawn-tethered.ts';
import { stopProcess } from '../stop-process.ts';
import { untilReady } from '../until-ready.ts';

export interface MailboxOptions {
  /** Both ports are free ones by default. */
  smtpPort?: number;
  webPort?: number;
}

export interface Mailbox {
  smtpUrl: string;
  /** The page for people. The REST API is below it, at `/api/email`. */
  webUrl: string;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('./mailbox-process.ts', import.meta.url));
const readyWithinMs = 60_000;

/**
 * Starts maildev on 127.0.0.1: a mail server that delivers nothing, and shows what it has received. It loses
 * its mail at `stop()`, and ends when this process ends.
 *
 * It has its own process for three reasons: maildev takes seconds to load, it prints its addresses even in
 * silent mode, and it takes 30 s to stop while a client is connected.
 *
 * @throws an error with its last output when it does not start, for example because a port is taken
 */
export const startMailbox = async (options: MailboxOptions = {}): Promise<Mailbox> => {
  const smtpPort = options.smtpPort ?? (await freePort());
  const webPort = options.webPort ?? (await freePort());
  const mailDirectory = await mkdtemp(join(tmpdir(), 'backend-jobs-mailbox-'));
  const addresses = { smtp: smtpPort, ip: '127.0.0.1', web: webPort, webIp: '127.0.0.1' };
  const child = spawnTethered(
    process.execPath,
    [program, JSON.stringify({ ...addresses, mailDirectory, silent: true })],
    { stdout: 'pipe', stderr: 'pipe' },
  );
  const webUrl = `http://127.0.0.1:${webPort}`;
  const stop = async () => {
    await stopProcess(child, { graceMs: 500 });
    await rm(mailDirectory, { recursive: true, force: true });
  };
  try {
    const output = outputTail(child);
    // Its own output, and not a request: if the port is taken, another server would respond.
    const isReady = async () => output().includes('The mailbox is ready');
    await untilReady({ name: 'The mailbox', child, output, isReady, withinMs: readyWithinMs });
  } catch (error) {
    await stop();
    throw error;
  }
  return { smtpUrl: `smtp://127.0.0.1:${smtpPort}`, webUrl, stop };
};
