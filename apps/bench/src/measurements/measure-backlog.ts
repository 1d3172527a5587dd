import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Measurement, openRedis, type Services } from '../bench.ts';
import { ours } from '../contenders/ours.ts';
import { type Backlog, openBacklog } from '../open-backlog.ts';
import { startSink } from '../sink/start-sink.ts';
import { ratioOf, spreadOf } from '../statistics.ts';
import { byTurns } from '../turns.ts';

/**
 * Whether the work gets slower the more of it waits. Each level has a Redis of its own, which is filled once; during a
 * turn as many are added as were mailed, so that the level stays what it is.
 */
export const measureBacklog: Measurement = {
  title: 'rate over backlog',
  ids: [8],
  run: async (bench) => {
    const { levels } = bench.scale.backlog;
    const [few, many] = [levels[0], levels.at(-1)] as [number, number];
    const filled = new Map<string, Filled>();
    for (const level of levels) filled.set(String(level), await fill(bench, level));
    const samples = await byTurns(bench.scale.rounds, [...filled.keys()], (level) =>
      workAtLevel(bench, filled.get(level) as Filled),
    );
    const rates = (level: number) => samples[String(level)] ?? [];
    return [
      {
        id: 8,
        title: `rate with ${thousands(many)} waiting, against ${thousands(few)}`,
        figure: { unit: '×', spread: ratioOf(rates(many), rates(few)) },
        target: { sense: 'at least', bound: 0.95 },
        series: levels.map((level) => ({
          name: `${thousands(level)} waiting`,
          unit: 'sign-ups/s' as const,
          spread: spreadOf(rates(level)),
        })),
      },
    ];
  },
};

type Filled = Services & { backlog: Backlog };

const fill = async (bench: Bench, level: number): Promise<Filled> => {
  const redis = await openRedis(bench);
  const sink = await startSink();
  bench.opened.defer(() => sink.stop());
  const backlog = openBacklog(redis.redisUrl, bench.opened);
  await backlog.add(level);
  return { ...redis, sink, backlog };
};

const workAtLevel = async ({ scale, opened }: Bench, filled: Filled): Promise<number> => {
  const { redisUrl, sink, backlog } = filled;
  const { warmUpSignUps, windowMs } = scale.backlog;
  await sink.forget();
  const worker = await ours.startWorker({ redisUrl, smtpUrl: sink.smtpUrl });
  opened.defer(() => worker.stop());
  let added = 0;
  const keepLevel = async () => {
    const count = await sink.count();
    await backlog.add(count - added);
    added = count;
  };
  const deadline = Date.now() + 60_000;
  const mustGoOn = () => {
    if (Date.now() > deadline) throw new Error(`The worker mailed ${added} in a minute`);
    return sleep(20);
  };
  while (added < warmUpSignUps) await Promise.all([keepLevel(), mustGoOn()]);
  const first = added;
  const until = Date.now() + windowMs;
  while (Date.now() < until) await Promise.all([keepLevel(), mustGoOn()]);
  const last = added;
  await worker.stop();
  await backlog.add((await sink.count()) - added);
  const [fromMs, toMs] = await sink.takenAtMs(first, last);
  return ((last - first) * 1_000) / (toMs - fromMs);
};

const thousands = (count: number) => count.toLocaleString('en');
