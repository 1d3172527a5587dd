import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const repository = join(import.meta.dirname, '..');

// What it does besides is to run tools/setup.sh, as every other script does.
test('npm install changes nothing that pnpm has installed, warns of nothing and writes no lockfile', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'npm-install-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const file of ['package.json', '.npmrc']) await cp(join(repository, file), join(folder, file));
  const installed = new Set(await readdir(join(repository, 'node_modules')));
  installed.delete('.package-lock.json'); // where npm notes down what it has installed itself
  for (const name of installed) await mkdir(join(folder, 'node_modules', name), { recursive: true });

  // Node's compile cache would be a folder in there.
  const env = { ...process.env, NODE_COMPILE_CACHE: undefined };
  const { stderr } = await promisify(execFile)('npm', ['install', '--ignore-scripts'], { cwd: folder, env });

  expect(stderr).not.toMatch(/warn|error/i);
  expect(await readdir(folder)).toEqual(['.npmrc', 'node_modules', 'package.json']);
  const left = await readdir(join(folder, 'node_modules'));
  expect(new Set(left)).toEqual(installed.add('.package-lock.json'));
});
