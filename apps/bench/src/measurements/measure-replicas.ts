import { type Bench, type Measurement, openServices, type Services } from '../bench.ts';
import { ours } from '../contenders/ours.ts';
import { type Backlog, openBacklog } from '../open-backlog.ts';
import { clearRedis, untilFinished } from '../redis-facts.ts';
import { ratioOf, spreadOf } from '../statistics.ts';
import { byTurns } from '../turns.ts';

const slowMailMs = 100;
const concurrency = 20;

/** What more workers bring where the mail server is what one waits for. */
export const measureReplicas: Measurement = {
  title: 'four workers against one, a mail server that takes 100 ms',
  ids: [9],
  run: async (bench) => {
    const { workers: many, signUpsEach } = bench.scale.replicas;
    const services = await openServices(bench, slowMailMs);
    const backlog = openBacklog(services.redisUrl, bench.opened);
    const samples = await byTurns(bench.scale.rounds, ['one', 'many'], (name) =>
      workOff(bench, { ...services, backlog, workers: name === 'one' ? 1 : many, signUpsEach }),
    );
    const series = { one: `1 worker`, many: `${many} workers` };
    return [
      {
        id: 9,
        title: `${many} workers against one, the mail server ${slowMailMs} ms slow`,
        figure: { unit: '×', spread: ratioOf(samples.many, samples.one) },
        target: { sense: 'at least', bound: 3.8 },
        series: (['one', 'many'] as const).map((name) => ({
          name: series[name],
          unit: 'sign-ups/s' as const,
          spread: spreadOf(samples[name]),
        })),
      },
    ];
  },
};

interface Turn extends Services {
  backlog: Backlog;
  workers: number;
  signUpsEach: number;
}

const workOff = async ({ opened }: Bench, turn: Turn): Promise<number> => {
  const { redis, redisUrl, sink, backlog, workers, signUpsEach } = turn;
  const signUps = workers * signUpsEach;
  await clearRedis(redis);
  await sink.forget();
  await backlog.add(signUps);
  const start = async () => {
    const worker = await ours.startWorker({ redisUrl, smtpUrl: sink.smtpUrl, concurrency });
    opened.defer(() => worker.stop());
    return worker;
  };
  const running = await Promise.all(Array.from({ length: workers }, start));
  await sink.untilTaken(signUps);
  await untilFinished(redis, ours.queues);
  await Promise.all(running.map((worker) => worker.stop()));
  // All have to be at work; the last messages, which fewer and fewer of them wait for, belong to the count.
  const first = Math.ceil(signUps * 0.1);
  const [fromMs, toMs] = await sink.takenAtMs(first, signUps);
  return ((signUps - first) * 1_000) / (toMs - fromMs);
};
