import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readEnvironmentOrExit } from '@backend-jobs/runtime';
import { banner } from './banner.ts';
import { devVariables } from './config.ts';
import { launch } from './launch.ts';

const usage = `Usage: npm start [-- --postgres]

  Starts the service on this machine, with a Redis and a mailbox of its own.

  --postgres  keeps the sign-ups in a PostgreSQL that it starts, unless DATABASE_URL names one
`;

const readOptions = () => {
  try {
    return parseArgs({ options: { postgres: { type: 'boolean', default: false } } }).values;
  } catch {
    process.stderr.write(usage);
    process.exit(2);
  }
};

const { postgres: onPostgres } = readOptions();
const config = readEnvironmentOrExit(devVariables, process.env);
const folder = fileURLToPath(new URL('../../../.data', import.meta.url));
const print = (line: string) => process.stdout.write(`${line}\n`);
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
  const { appEnd, ...facts } = await launch(config, { folder, onPostgres }, opened, print);
  print(banner({ ...facts, freshEmail: `ada.${Date.now().toString(36)}@example.com` }));
  await appEnd;
} catch (error) {
  if (!stopping) process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  await stop(1);
}
