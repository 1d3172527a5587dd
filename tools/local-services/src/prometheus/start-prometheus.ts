import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { outputTail } from '../output-tail.ts';
import { spawnTethered } from '../spawn-tethered.ts';
import { stopProcess } from '../stop-process.ts';
import { untilReady } from '../until-ready.ts';
import type { PrometheusPrograms } from './find-prometheus.ts';

export interface PrometheusOptions {
  /** From `findPrometheus`. */
  programs: PrometheusPrograms;
  /** Its configuration, as JSON, which is YAML too. Paths of files in it have to be absolute. */
  config: object;
}

export interface Prometheus {
  url: string;
  /** What its API answers to `path`, such as `query?query=up`: the `data` of it. */
  ask(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Starts a Prometheus of the caller's own, on a port of its own, with its data in a temporary folder. It ends with this
 * process.
 *
 * @throws an error with its log when it does not start
 */
export const startPrometheus = async ({ programs, config }: PrometheusOptions): Promise<Prometheus> => {
  const folder = await mkdtemp(join(tmpdir(), 'backend-jobs-prometheus-'));
  const file = join(folder, 'prometheus.json');
  await writeFile(file, JSON.stringify(config));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawnTethered(
    programs.prometheus,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ],
    { stdout: 'pipe', stderr: 'pipe' },
  );
  const output = outputTail(child);
  const stop = async () => {
    await stopProcess(child, { graceMs: 5_000 });
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  const isReady = async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true;
  try {
    await untilReady({ name: 'Prometheus', child, output, isReady, withinMs: 20_000 });
  } catch (error) {
    await stop();
    throw error;
  }
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/${path}`);
    const { status, data, error } = (await response.json()) as {
      status: string;
      data: unknown;
      error?: string;
    };
    if (status !== 'success') throw new Error(`Prometheus refuses ${path}: ${error}`);
    return data;
  };
  return { url, ask, stop };
};
