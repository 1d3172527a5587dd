import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { spawnTethered, stopProcess } from '../src/index.ts';
import { identifyProcess } from '../src/process-identity.ts';
import { runScript } from './support/run-script.ts';

const tetheringParent = new URL('./support/tethering-parent.ts', import.meta.url);

const spawnForTest = (...args: Parameters<typeof spawnTethered>) => {
  const child = spawnTethered(...args);
  onTestFinished(() => stopProcess(child, { graceMs: 0 }));
  return child;
};

test('a child ends when its parent is killed', async () => {
  await using parent = await runScript(tetheringParent);
  const pid = Number(parent.firstLine);
  expect(await identifyProcess(pid)).toBeDefined();
  parent.child.kill('SIGKILL');
  await expect.poll(() => identifyProcess(pid)).toBeUndefined();
});

test('a suspended child ends with its parent too', async () => {
  await using parent = await runScript(tetheringParent);
  const pid = Number(parent.firstLine);
  process.kill(pid, 'SIGSTOP');
  parent.child.kill('SIGKILL');
  await expect.poll(() => identifyProcess(pid)).toBeUndefined();
});

test('pid, output and exit code are those of the program', async () => {
  const child = spawnForTest('sh', ['-c', 'echo "$$ $WORD"; exit 7'], {
    env: { PATH: process.env.PATH, WORD: 'two words' },
    stdout: 'pipe',
  });
  const closed = once(child, 'close');
  expect(await text(child.stdout as NodeJS.ReadableStream)).toBe(`${child.pid} two words\n`);
  expect(await closed).toEqual([7, null]);
});

test('a program that does not exist ends with code 127', async () => {
  const child = spawnForTest('no-such-program', []);
  expect(await once(child, 'exit')).toEqual([127, null]);
});

test('a child leads its own process group, which a signal to the group of its parent does not reach', async () => {
  const child = spawnForTest('sleep', ['60']);
  await expect.poll(() => process.kill(-(child.pid as number), 0)).toBe(true);
});

test('nothing keeps the output of a child open after it has ended, nor its tether', async () => {
  const child = spawnForTest('sleep', ['60'], { stdout: 'pipe', stderr: 'pipe' });
  const closed = once(child, 'close'); // is emitted when the other ends of all its pipes are closed
  child.kill('SIGKILL');
  expect(await closed).toEqual([null, 'SIGKILL']);
});

test('stopping waits for a child that ends some time after SIGTERM', async () => {
  const child = spawnForTest('sh', ['-c', 'trap "exit 3" TERM; echo ready; while :; do sleep 0.01; done'], {
    stdout: 'pipe',
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  await stopProcess(child, { graceMs: 20_000 });
  expect(child.exitCode).toBe(3);
});

test('stopping kills a child that ignores SIGTERM, and does nothing to one that has ended', async () => {
  const child = spawnForTest('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.01; done'], {
    stdout: 'pipe',
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  await stopProcess(child, { graceMs: 100 });
  expect(child.signalCode).toBe('SIGKILL');
  await stopProcess(child, { graceMs: 60_000 });
});
