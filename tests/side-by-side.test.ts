import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const script = fileURLToPath(new URL('../.ci/side-by-side', import.meta.url));

const start = (...commands: string[]) => {
  const child = spawn(script, commands, { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = Promise.all([once(child, 'exit'), text(child.stdout)]).then(([[code], output]) => ({
    code,
    output,
  }));
  return { child, end };
};

const processExists = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('commands run at the same time, and the output of each is in one piece', async () => {
  const pipe = `/tmp/side-by-side-${process.pid}`;
  // Each waits for the other one.
  const one = `mkfifo ${pipe}; echo one; cat ${pipe}; rm ${pipe}; echo one`;
  const two = `until [ -p ${pipe} ]; do sleep 0.01; done; echo two; echo from two > ${pipe}; echo two`;
  const { code, output } = await start(one, two).end;
  expect(code).toBe(0);
  expect(output).toContain('\none\nfrom two\none\n');
  expect(output).toContain('\ntwo\ntwo\n');
});

test('when one fails the others are stopped, with all that they have started', async () => {
  const marks = `/tmp/side-by-side-marks-${process.pid}`;
  const long = `sleep 1000 & echo $! > ${marks}.new; mv ${marks}.new ${marks}; wait`;
  const failing = `until [ -f ${marks} ]; do sleep 0.01; done; cat ${marks}; rm ${marks}; echo broken; exit 3`;
  const { code, output } = await start(long, failing).end;
  expect(code).toBe(3);
  const [, pid = ''] = /ended with 3: .*\n(\d+)\nbroken\n/.exec(output) ?? [];
  expect(pid).not.toBe('');
  await expect.poll(() => processExists(Number(pid))).toBe(false);
});

test('all are stopped when it is told to stop', async () => {
  const mark = `/tmp/side-by-side-mark-${process.pid}`;
  onTestFinished(() => rmSync(mark, { force: true }));
  const { child, end } = start(`echo $$ > ${mark}.new; mv ${mark}.new ${mark}; exec sleep 1000`);
  await expect.poll(() => existsSync(mark)).toBe(true);
  const command = Number(readFileSync(mark, 'utf8'));
  child.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 130 });
  await expect.poll(() => processExists(command)).toBe(false);
});
