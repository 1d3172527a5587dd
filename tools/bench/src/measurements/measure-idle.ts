import { setTimeout as sleep } from 'node:timers/promises';
import { type Measurement, openServices } from '../bench.ts';
import { ours } from '../contenders/ours.ts';
import type { Sink } from '../sink/start-sink.ts';
import { spreadOf } from '../statistics.ts';
import { nowMs } from '../turns/drain.ts';

interface Sample {
  untilCreatedMs: number;
  untilMailedMs: number;
}

/** How long somebody who comes alone has to wait. */
export const measureIdle: Measurement = {
  title: 'one sign-up after the other, on a service with nothing else to do',
  ids: [12],
  run: async (bench) => {
    const { redisUrl, sink } = await openServices(bench);
    const api = await ours.startApi({ redisUrl });
    bench.opened.defer(() => api.stop());
    const worker = await ours.startWorker({ redisUrl, smtpUrl: sink.smtpUrl });
    bench.opened.defer(() => worker.stop());
    // The first ones find cold code, and open connections.
    const { signUps, warmUp } = bench.scale.idle;
    const samples: Sample[] = [];
    for (let number = 1; number <= warmUp + signUps; number++) {
      samples.push(await signUpAlone(api.url, sink, number));
    }
    const of = (field: keyof Sample) => spreadOf(samples.slice(warmUp).map((sample) => sample[field]));
    const finding = (title: string, spread: ReturnType<typeof of>, bound: number) => ({
      id: 12,
      title,
      figure: { unit: 'ms' as const, spread },
      target: { sense: 'at most' as const, bound },
      series: [{ name: 'ours', unit: 'ms' as const, spread }],
    });
    return [
      finding('idle: from the request until the user can be read, p50', of('untilCreatedMs'), 10),
      finding('idle: from the request until the mail server has the welcome, p50', of('untilMailedMs'), 25),
    ];
  },
};

const signUpAlone = async (apiUrl: string, sink: Sink, number: number): Promise<Sample> => {
  const startedAtMs = nowMs();
  const response = await fetch(`${apiUrl}/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada Lovelace', email: `ada.alone.${number}@example.com` }),
  });
  if (response.status !== 202) throw new Error(`A sign-up was answered with ${response.status}`);
  const { id } = (await response.json()) as { id: string };
  await untilCreated(`${apiUrl}/users/${id}`);
  const untilCreatedMs = nowMs() - startedAtMs;
  await sink.untilTaken(number, { everyMs: 2 });
  const [mailedAtMs] = await sink.takenAtMs(number);
  await sleep(20); // the second pass of its job is over, too
  return { untilCreatedMs, untilMailedMs: mailedAtMs - startedAtMs };
};

const untilCreated = async (url: string): Promise<void> => {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    const { status } = (await (await fetch(url)).json()) as { status: string };
    if (status === 'created') return;
  }
  throw new Error('A user was not there after 10 s');
};
