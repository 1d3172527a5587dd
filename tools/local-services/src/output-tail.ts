import type { ChildProcess } from 'node:child_process';

const keptChars = 2_000;

/** Reads what a child writes to its pipes, and answers the end of it: what an error message needs. */
export const outputTail = ({ stdout, stderr }: ChildProcess): (() => string) => {
  let tail = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      tail = (tail + chunk).slice(-keptChars);
    });
  }
  return () => tail.trim();
};
