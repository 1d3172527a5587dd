import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const program = fileURLToPath(new URL('support/log-much.ts', import.meta.url));
const launcher = fileURLToPath(new URL('support/log-between.ts', import.meta.url));

/** A process that logs 100 MB, and whose standard output nobody reads yet. */
const startTalker = async () => {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = await once(child.stderr, 'data');
  const grownMb = Number(/grown by (-?\d+) MB/.exec(String(said))?.[1]);
  return { child, grownMb };
};

test('a log that nobody reads neither fills the memory nor keeps the process from ending', async () => {
  const { child, grownMb } = await startTalker();
  expect(grownMb).toBeLessThan(50);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a log that is read late says how many lines were dropped, and the others are whole', async () => {
  const { child } = await startTalker();
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  await expect.poll(() => log.includes('lines were dropped')).toBe(true);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  child.kill('SIGTERM');
  await once(child, 'close');
  const [, logged] = /logged (\d+) lines/.exec(said) ?? [];
  const lines = log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const dropped = lines.reduce((sum, line) => sum + (line.dropped ?? 0), 0);
  const written = lines.filter(({ msg }) => msg === 'a line').length;
  expect(dropped).toBeGreaterThan(0);
  expect(written + dropped).toBe(Number(logged));
});

test('a log in a file keeps its order with what others write to the same output', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'log');
  const file = openSync(path, 'w');
  const child = spawn(process.execPath, [launcher], {
    stdio: ['ignore', file, 'inherit'],
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
  closeSync(file);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines.filter((line) => /^plain \d+$/.test(line))).toHaveLength(100);
  expect(lines.filter((line) => JSON.parse(line.startsWith('{') ? line : 'null')?.msg)).toHaveLength(100);
});
