import { fileURLToPath } from 'node:url';
import { type RunningProgram, startProgram } from '@backend-jobs/local-services';

export type RunningApp = RunningProgram;

export interface AppStart {
  app: 'api' | 'worker';
  env: Record<string, string | undefined>;
  /** Answers 200 once it is ready. */
  readyUrl: string;
  /** Where its log goes; to this process' own output by default. */
  log?: (chunk: string) => void;
}

/**
 * Starts an app of this repository in a process of its own, with no environment but `env` (and what Node and a terminal
 * go by), and waits until it is ready.
 *
 * @throws when it ends first, or is not ready after 20 s; it is stopped then
 */
export const startApp = ({ app, env, readyUrl, log }: AppStart): Promise<RunningApp> =>
  startProgram({
    name: app,
    main: fileURLToPath(new URL(`../../${app}/src/main.ts`, import.meta.url)),
    env,
    log,
    isReady: async () => (await fetch(readyUrl).catch(() => undefined))?.ok ?? false,
  });
