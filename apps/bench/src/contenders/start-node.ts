import { fileURLToPath } from 'node:url';
import { freePort, type ProgramStart, type RunningProgram, startProgram } from '@backend-jobs/local-services';
import type { RunningApi } from './contender.ts';

type NodeStart = Pick<ProgramStart, 'name' | 'env' | 'isReady'> & { main: URL };

/**
 * Starts one of a contender's programs as production would. Its log goes nowhere, but is written; what it says on its
 * standard error is this process' to show.
 */
export const startNode = ({ name, main, env, isReady }: NodeStart): Promise<RunningProgram> =>
  startProgram({
    name,
    main: fileURLToPath(main),
    env: { NODE_ENV: 'production', ...env },
    isReady,
    isStdoutIgnored: true,
  });

/** Starts an API on a port of its own, and waits until it answers at all. */
export const startNodeApi = async (
  start: Omit<NodeStart, 'isReady'>,
  readyPath = '/',
): Promise<RunningApi> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const isReady = async () => (await statusOf(url + readyPath)) !== undefined;
  const program = await startNode({ ...start, env: { ...start.env, PORT: String(port) }, isReady });
  return { ...program, url };
};

export const statusOf = async (url: string): Promise<number | undefined> => {
  const response = await fetch(url).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status;
};
