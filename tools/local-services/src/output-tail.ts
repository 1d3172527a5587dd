import type { ChildProcess } from 'node:child_process';

const keptChars = 2_000;

/** Reads what a child writes to its pipes. The returned function returns the end of that, for an error message. */
export const outputTail = ({ stdout, stderr }: ChildProcess): (() => string) => {
  let tail = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      tail = (tail + chunk).slice(-keptChars);
    });
  }
  return () => tail.trim();
};
