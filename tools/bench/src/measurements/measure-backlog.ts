import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Bench, type Measurement, openServices } from '../bench.ts';
import { ours } from '../contenders/ours.ts';
import { openBacklog } from '../open-backlog.ts';
import { untilFinished } from '../redis-facts.ts';
import type { Finding } from '../report/finding.ts';
import { median, spreadOf } from '../statistics.ts';
import { drain } from '../turns/drain.ts';

type Level = Bench['scale']['backlog'][number];

/**
 * Whether the work gets slower the more of it waits, and whether a worker keeps what it should let go of: one worker
 * drains backlogs of several depths, the small ones before and after the deep.
 */
export const measureBacklog: Measurement = {
  title: 'one worker, backlogs of several depths',
  ids: [8, 11],
  run: async (bench) => {
    const { backlog: levels } = bench.scale;
    const [few, many] = [levels[0], levels.at(-1)] as [Level, Level];
    const rates = new Map<number, number[]>(levels.map(({ waiting }) => [waiting, []]));
    const worker = await openWorker(bench);
    const drainLevel = async ({ waiting, times }: Level) => {
      for (let time = 0; time < times; time++) rates.get(waiting)?.push(await worker.drain(waiting));
    };
    await worker.drain(few.waiting); // cold code, and connections that are not open yet
    await drainLevel(few);
    const first = await worker.memory();
    for (const level of levels.slice(1)) await drainLevel(level);
    const last = await worker.memory();
    await drainLevel(few);
    return [rateFinding(rates, few, many), memoryFinding(first, last)];
  },
};

interface Memory {
  signUps: number;
  residentMiB: number;
}

const openWorker = async (bench: Bench) => {
  const { redis, redisUrl, sink } = await openServices(bench);
  const backlog = openBacklog(redisUrl, bench.opened);
  const worker = await ours.startWorker({ redisUrl, smtpUrl: sink.smtpUrl });
  bench.opened.defer(() => worker.stop());
  return {
    drain: async (signUps: number): Promise<number> => {
      const rate = await drain({ workers: [worker], sink, signUps, fill: () => backlog.add(signUps) });
      await untilFinished(redis, ours.queues);
      return rate;
    },
    memory: async (): Promise<Memory> => {
      await sleep(bench.scale.settleMs);
      return { signUps: await sink.count(), residentMiB: await residentMiB(worker.pid) };
    },
  };
};

const rateFinding = (rates: Map<number, number[]>, few: Level, many: Level): Finding => {
  const rateWithMany = median(rates.get(many.waiting) ?? []);
  return {
    id: 8,
    title: `rate with ${thousands(many.waiting)} waiting, against ${thousands(few.waiting)}`,
    figure: {
      unit: '×',
      spread: spreadOf((rates.get(few.waiting) ?? []).map((rate) => rateWithMany / rate)),
    },
    target: { sense: 'at least', bound: 0.95 },
    series: [...rates].map(([waiting, samples]) => ({
      name: `${thousands(waiting)} waiting`,
      unit: 'sign-ups/s',
      spread: spreadOf(samples),
    })),
  };
};

const memoryFinding = (first: Memory, last: Memory): Finding => ({
  id: 11,
  title: `a worker's memory after ${thousands(last.signUps)} sign-ups, against ${thousands(first.signUps)}`,
  figure: { unit: '×', spread: spreadOf([last.residentMiB / first.residentMiB]) },
  target: { sense: 'at most', bound: 1.1 },
  series: [first, last].map(({ signUps, residentMiB }) => ({
    name: `after ${thousands(signUps)} sign-ups`,
    unit: 'MiB',
    spread: spreadOf([residentMiB]),
  })),
});

const residentMiB = async (pid: number): Promise<number> => {
  const kiB =
    process.platform === 'linux'
      ? /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
      : (await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])).stdout;
  return Number(kiB) / 1_024;
};

const thousands = (count: number) => count.toLocaleString('en');
