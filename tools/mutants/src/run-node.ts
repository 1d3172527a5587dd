import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { spawnTethered } from '@backend-jobs/local-services';

/** Runs a script by this Node in a folder, to its end, and returns its exit code and what it printed. */
export const runNode = async (
  cwd: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; output: string }> => {
  const child = spawnTethered(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const outputs = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ''));
  const [code] = await once(child, 'close');
  return { code: code ?? 1, output: (await Promise.all(outputs)).join('') };
};
