import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { spawnTethered } from '@backend-jobs/local-services';

/** Runs a script by this Node in a folder, to its end, and returns what it printed. */
export const runNode = async (
  cwd: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<string> => {
  const child = spawnTethered(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const outputs = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ''));
  await once(child, 'close');
  return (await Promise.all(outputs)).join('');
};
