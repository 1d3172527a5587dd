import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../free-port.ts';
import { startSmtpServer } from '../start-smtp-server.ts';
import type { PostfixPrograms } from './find-postfix.ts';
import { Postfix } from './postfix.ts';
import type { PostfixConfig } from './postfix-config.ts';

export interface PostfixOptions {
  /** From `findPostfix`. */
  programs: PostfixPrograms;
  /** Nothing on top of Debian's defaults, by default. */
  config?: PostfixConfig;
}

/**
 * Starts a Postfix of the caller's own, on 127.0.0.1 and a port of its own, with its configuration, queue,
 * data and log in a temporary folder. It knows nothing of the system's Postfix, needs no root, and ends with
 * this process. It takes mail for everybody, and hands it on to `sink`, where a test sees it.
 *
 * @throws an error with the end of its log when it does not start
 */
export const startPostfix = async ({ programs, config = {} }: PostfixOptions): Promise<Postfix> => {
  const sink = await startSmtpServer();
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'backend-jobs-postfix-')));
  const [port, postgreyPort] = [await freePort(), await freePort()];
  const postfix = new Postfix({ folder, programs, port, sinkPort: sink.port, postgreyPort }, sink);
  try {
    await postfix.start(config);
  } catch (error) {
    await postfix.stop();
    throw error;
  }
  return postfix;
};
