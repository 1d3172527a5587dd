import { type Bench, type Measurement, openServices, type Services } from '../bench.ts';
import { ours } from '../contenders/ours.ts';
import { type Backlog, openBacklog } from '../open-backlog.ts';
import { clearRedis, untilFinished } from '../redis-facts.ts';
import { ratioOf, spreadOf } from '../statistics.ts';
import { byTurns } from '../turns/by-turns.ts';
import { drain } from '../turns/drain.ts';

const slowMailMs = 100;
const concurrency = 20;

/** What more workers bring where the mail server is what one waits for. */
export const measureReplicas: Measurement = {
  title: 'several workers against one, a mail server that takes 100 ms',
  ids: [9],
  run: async (bench) => {
    const { workers: many } = bench.scale.replicas;
    const services = await openServices(bench, slowMailMs);
    const backlog = openBacklog(services.redisUrl, bench.opened);
    const samples = await byTurns(bench.scale.rounds, ['one', 'many'], (name) =>
      workOff(bench, { ...services, backlog, workers: name === 'one' ? 1 : many }),
    );
    const series = { one: '1 worker', many: `${many} workers` };
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
}

const workOff = async ({ scale, opened }: Bench, turn: Turn): Promise<number> => {
  const { redis, redisUrl, sink, backlog } = turn;
  const { signUpsEach, warmUpEach } = scale.replicas;
  await clearRedis(redis);
  await sink.forget();
  const start = async () => {
    const worker = await ours.startWorker({ redisUrl, smtpUrl: sink.smtpUrl, concurrency });
    opened.defer(() => worker.stop());
    return worker;
  };
  const workers = await Promise.all(Array.from({ length: turn.workers }, start));
  await backlog.add(warmUpEach * turn.workers);
  await sink.untilTaken(warmUpEach * turn.workers);
  await untilFinished(redis, ours.queues);
  const signUps = signUpsEach * turn.workers;
  const perSecond = await drain({ workers, sink, signUps, fill: () => backlog.add(signUps) });
  await untilFinished(redis, ours.queues);
  await Promise.all(workers.map((worker) => worker.stop()));
  return perSecond;
};
