import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isPortFree } from '../free-port.ts';
import { spawnTethered } from '../spawn-tethered.ts';
import { stopProcess } from '../stop-process.ts';
import { untilReady } from '../until-ready.ts';
import type { NginxProgram } from './find-nginx.ts';

export interface NginxOptions {
  /** From `findNginx`. */
  program: NginxProgram;
  /** What stands in the `server` of its configuration, beside the port. */
  server: string;
}

export interface Nginx {
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts an nginx of the caller's own, on a port of its own, with all its files in a temporary folder. It ends with this
 * process.
 *
 * @throws an error with its log when it does not start
 */
export const startNginx = async ({ program, server }: NginxOptions): Promise<Nginx> => {
  const folder = await mkdtemp(join(tmpdir(), 'backend-jobs-nginx-'));
  const port = await freePort();
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, port, server));
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')];
  const child = spawnTethered(program.path, args, { env: program.env });
  const stop = async () => {
    await stopProcess(child, { graceMs: 5_000 });
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    await untilReady({
      name: 'nginx',
      child,
      isReady: async () => !(await isPortFree(port)),
      withinMs: 20_000,
    });
  } catch (error) {
    const log = await readFile(join(folder, 'error.log'), 'utf8').catch(() => '');
    await stop();
    throw new Error(`${(error as Error).message}\n${log.slice(-2_000)}`);
  }
  return { url: `http://127.0.0.1:${port}`, stop };
};

const configuration = (folder: string, port: number, server: string): string => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    ${server}
  }
}
`;
