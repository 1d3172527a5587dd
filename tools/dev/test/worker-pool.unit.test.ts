import { expect, onTestFinished, test, vi } from 'vitest';
import { type Load, openWorkerPool } from '../src/worker-pool.ts';

/** A pool of workers that are no processes, in a time that the test moves. */
const openScene = () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const running = new Set<{ end: (how: string) => void }>();
  const lines: string[] = [];
  const state = { canStart: true };
  const pool = openWorkerPool({
    start: async () => {
      if (!state.canStart) throw new Error('no worker');
      const { promise: exited, resolve: end } = Promise.withResolvers<string>();
      const worker = { end };
      running.add(worker);
      return {
        exited,
        stop: async () => {
          running.delete(worker);
          end('SIGTERM');
        },
      };
    },
    report: (line) => lines.push(line),
  });
  onTestFinished(() => pool.stop());
  return { pool, running, lines, state };
};

test('workers come while jobs wait, and go one after the other when none does', async () => {
  const { pool, running, lines } = openScene();
  let load: Load | undefined = { waitingMs: 2_000, activeJobs: 20 };
  await pool.change(1);
  pool.follow(async () => load);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(running.size).toBe(3);
  load = undefined; // Redis is away
  await vi.advanceTimersByTimeAsync(120_000);
  expect(running.size).toBe(3);
  load = { waitingMs: 0, activeJobs: 5 };
  await vi.advanceTimersByTimeAsync(60_000);
  expect(running.size).toBe(1);
  expect(lines).toEqual(['Workers: 1 → 3', 'Workers: 3 → 2', 'Workers: 2 → 1']);
  await expect(Promise.race([pool.failed, 'none'])).resolves.toBe('none');
});

test('a worker that ends by itself is a failure; one that is stopped is none', async () => {
  const { pool, running } = openScene();
  await pool.change(3);
  await pool.change(2);
  const [worker] = running;
  worker?.end('SIGKILL');
  await expect(pool.failed).rejects.toThrow('A worker ended by itself (SIGKILL)');
});

test('a worker that can not be started is a failure, and the others are stopped in the end', async () => {
  const { pool, running, state } = openScene();
  await pool.change(1);
  state.canStart = false;
  pool.follow(async () => ({ waitingMs: 2_000, activeJobs: 20 }));
  await vi.advanceTimersByTimeAsync(11_000);
  await expect(pool.failed).rejects.toThrow('no worker');
  await pool.stop();
  expect(running.size).toBe(0);
});

test('workers that are still being started are stopped, too', async () => {
  const { pool, running } = openScene();
  const started = pool.change(3);
  await pool.stop();
  await started;
  expect(running.size).toBe(0);
});
