import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Measurement, openRedis, openServices } from '../bench.ts';
import { ours } from '../contenders/ours.ts';
import { putLoad } from '../load/put-load.ts';
import { openBacklog } from '../open-backlog.ts';
import { untilFinished, usedMemoryBytes } from '../redis-facts.ts';
import { spreadOf } from '../statistics.ts';

/** What a sign-up takes up in Redis while it waits. It came without an `Idempotency-Key`, so there is no record of one. */
export const measureRedisMemory: Measurement = {
  title: "Redis' memory for a waiting sign-up",
  ids: [10],
  run: async (bench) => {
    const { waitingSignUps: signUps } = bench.scale;
    const { redis, redisUrl } = await openRedis(bench);
    const api = await ours.startApi({ redisUrl });
    bench.opened.defer(() => api.stop());
    const load = { url: api.url, connections: 50, ignoreFirstMs: 0 };
    // The first ones bring scripts and buffers, which are there once.
    await putLoad({ ...load, tag: 'first', until: { requests: 100 } }, bench.opened);
    const beforeBytes = await settledMemoryBytes(() => usedMemoryBytes(redis));
    await putLoad({ ...load, tag: 'waits', until: { requests: signUps } }, bench.opened);
    const afterBytes = await settledMemoryBytes(() => usedMemoryBytes(redis));
    const spread = spreadOf([(afterBytes - beforeBytes) / 1_024 / signUps]);
    return [
      {
        id: 10,
        title: `Redis' memory for a waiting sign-up (of ${signUps.toLocaleString('en')})`,
        figure: { unit: 'KiB', spread },
        target: { sense: 'at most', bound: 1.25 },
        series: [{ name: 'ours', unit: 'KiB', spread }],
      },
    ];
  },
};

/** Redis frees the buffers of its connections and of its file within a second or two. */
const settledMemoryBytes = async (read: () => Promise<number>): Promise<number> => {
  await sleep(2_000);
  return read();
};

/** Whether a worker keeps what it should let go of. */
export const measureWorkerMemory: Measurement = {
  title: 'memory of a worker that has worked',
  ids: [11],
  run: async (bench) => {
    const { first, last, idleMs } = bench.scale.workerMemory;
    const { redis, redisUrl, sink } = await openServices(bench);
    const backlog = openBacklog(redisUrl, bench.opened);
    const worker = await ours.startWorker({ redisUrl, smtpUrl: sink.smtpUrl });
    bench.opened.defer(() => worker.stop());
    const workUpTo = async (signUps: number): Promise<number> => {
      await backlog.add(signUps - (await sink.count()));
      await sink.untilTaken(signUps, { everyMs: 200 });
      await untilFinished(redis, ours.queues);
      await sleep(idleMs);
      return residentMiB(worker.pid);
    };
    const afterFirst = await workUpTo(first);
    const afterLast = await workUpTo(last);
    const series = (signUps: number, sample: number) => ({
      name: `after ${signUps.toLocaleString('en')} sign-ups`,
      unit: 'MiB' as const,
      spread: spreadOf([sample]),
    });
    return [
      {
        id: 11,
        title: `a worker's memory after ${last.toLocaleString('en')} sign-ups, against ${first.toLocaleString('en')}`,
        figure: { unit: '×', spread: spreadOf([afterLast / afterFirst]) },
        target: { sense: 'at most', bound: 1.1 },
        series: [series(first, afterFirst), series(last, afterLast)],
      },
    ];
  },
};

const residentMiB = async (pid: number): Promise<number> => {
  const kiB =
    process.platform === 'linux'
      ? /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
      : (await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])).stdout;
  return Number(kiB) / 1_024;
};
