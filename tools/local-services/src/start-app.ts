import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { type ProgramStart, type RunningProgram, startProgram } from './start-program.ts';

/** The main file of an app of this repository. */
export const appMain = (
  app: 'api' | 'worker' | 'audit' | 'doctor' | 'api-key' | 'migrate' | 'move-users' | 'redrive' | 'rekey',
): string => fileURLToPath(new URL(`../../../apps/${app}/src/main.ts`, import.meta.url));

export type RunningApi = RunningProgram & { url: string };

type AppStart = Pick<ProgramStart, 'main' | 'env' | 'log'> & {
  /** The name in error messages. */
  name?: string;
  /** The path that returns 200 once it is ready. `/readyz` by default; `/livez` does not wait for Redis. */
  readyPath?: string;
};

/** `healthUrl` has `/livez` and `/readyz`. */
export type RunningWorker = RunningProgram & { healthUrl: string };

export interface ApiStart extends AppStart {
  /** A free one by default. */
  port?: number;
  /** Whether a response of any status counts as ready, for a program without such a path. */
  anyStatus?: boolean;
}

/**
 * Starts an API in its own process, and waits until it is ready. This sets its `PORT`.
 *
 * @throws when it ends before that, or is not ready after 40 s; then it is stopped
 */
export const startApi = async ({
  name = 'API',
  env,
  port: wantedPort,
  readyPath = '/readyz',
  anyStatus = false,
  ...start
}: ApiStart): Promise<RunningApi> => {
  const port = wantedPort ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const isReady = async () => {
    const status = await statusOf(url + readyPath);
    return anyStatus ? status !== undefined : status === 200;
  };
  const program = await startProgram({ ...start, name, env: { ...env, PORT: String(port) }, isReady });
  return { ...program, url };
};

/**
 * Starts a worker in its own process, and waits until it is ready. This sets its `HEALTH_PORT`.
 *
 * @throws when it ends before that, or is not ready after 40 s; then it is stopped
 */
export const startWorker = async ({
  name = 'worker',
  env,
  readyPath = '/readyz',
  ...start
}: AppStart): Promise<RunningWorker> => {
  const port = await freePort();
  const healthUrl = `http://127.0.0.1:${port}`;
  const isReady = async () => (await statusOf(healthUrl + readyPath)) === 200;
  const program = await startProgram({ ...start, name, env: { ...env, HEALTH_PORT: String(port) }, isReady });
  return { ...program, healthUrl };
};

const statusOf = async (url: string): Promise<number | undefined> => {
  const response = await fetch(url).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status;
};
