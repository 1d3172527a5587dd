import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { spawnTethered, stopProcess } from '@backend-jobs/local-services';
import type { LoadOrder, LoadResult } from './load.ts';

const program = fileURLToPath(new URL('./load-process.ts', import.meta.url));

/**
 * Signs up from another process, and resolves when that has ended. It ends with `opened`, too.
 *
 * @throws when a single request failed, or was answered with anything but 202
 */
export const putLoad = async (order: LoadOrder, opened: AsyncDisposableStack): Promise<LoadResult> => {
  const child = spawnTethered(process.execPath, [program, JSON.stringify(order)], {
    stdout: 'pipe',
    stderr: 'pipe',
  });
  opened.defer(() => stopProcess(child, { graceMs: 1_000 }));
  const [[code], output, faults] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ]);
  if (code !== 0) throw new Error(`The load on ${order.url} failed: ${faults.trim()}`);
  return JSON.parse(output) as LoadResult;
};
