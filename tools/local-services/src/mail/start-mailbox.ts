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
  /** Free ones by default. */
  smtpPort?: number;
  webPort?: number;
}

export interface Mailbox {
  smtpUrl: string;
  /** For people; its REST is under `/api/email`. */
  webUrl: string;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('./mailbox-process.ts', import.meta.url));
const readyWithinMs = 30_000;

/**
 * A mail server that delivers nothing and shows what it got: maildev, on 127.0.0.1 alone. It forgets its mail at
 * `stop()`, and ends with this process.
 *
 * In a process of its own: maildev takes seconds of work to load, prints where it listens however silent it is told to
 * be, and while a client holds a connection takes 30 s to stop.
 *
 * @throws with its last output when it does not start, as on a taken port
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
    // Its own word: on a port that is taken, somebody else would answer.
    const isReady = async () => output().includes('The mailbox is ready');
    await untilReady({ name: 'The mailbox', child, output, isReady, withinMs: readyWithinMs });
  } catch (error) {
    await stop();
    throw error;
  }
  return { smtpUrl: `smtp://127.0.0.1:${smtpPort}`, webUrl, stop };
};
