import { readEnvironmentOrExit } from '@backend-jobs/runtime';
import { banner } from './banner.ts';
import { devVariables } from './config.ts';
import { launch } from './launch.ts';

const config = readEnvironmentOrExit(devVariables, process.env);
const say = (line: string) => process.stdout.write(`${line}\n`);
const opened = new AsyncDisposableStack();

let stopping = false;
const stop = async (exitCode: number): Promise<void> => {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(1), 9_500).unref();
  await opened.disposeAsync();
  process.exit(exitCode);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));

try {
  const { broken, ...facts } = await launch(config, opened, say);
  say(banner({ ...facts, freshEmail: `ada.${Date.now().toString(36)}@example.com` }));
  await broken;
} catch (error) {
  if (!stopping) process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  await stop(1);
}
