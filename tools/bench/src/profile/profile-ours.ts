import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningProgram } from '@backend-jobs/local-services';
import { type Bench, openServices } from '../bench.ts';
import { ours, startOurApi, startOurWorker } from '../contenders/ours.ts';
import { connections } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { openBacklog } from '../open-backlog.ts';
import { clearRedis, untilFinished } from '../redis-facts.ts';
import { drain } from '../turns/drain.ts';
import { type CpuProfile, type Share, sharesOf } from './read-profile.ts';

type Services = Awaited<ReturnType<typeof openServices>>;

/**
 * Where the time of our API goes while it accepts, and that of a worker while it works off what waits. Each is warm before,
 * so that its start and V8's compiler are a small part of it. `folder` then has the profiles, for the tools of a browser.
 */
export const profileOurs = async (
  bench: Bench,
  { folder, say }: { folder: string; say: (line: string) => void },
): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const services = await openServices(bench);
  for (const [name, profile] of Object.entries({ api: profileApi, worker: profileWorker })) {
    const env = { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-name=${name}.cpuprofile` };
    await clearRedis(services.redis);
    const program = await profile(bench, services, env);
    await program.stop();
    say(`\nThe time of our ${name}, in ${join(folder, `${name}.cpuprofile`)}`);
    for (const line of await readShares(folder, name)) say(line);
  }
};

type Profile = (bench: Bench, services: Services, env: Record<string, string>) => Promise<RunningProgram>;

const profileApi: Profile = async ({ scale, opened }, { redisUrl }, env) => {
  const api = await startOurApi(redisUrl, env);
  opened.defer(() => api.stop());
  const { ignoreFirstMs, seconds, warmUpSeconds } = scale.accept;
  const until = { seconds: warmUpSeconds + 2 * seconds };
  await putLoad({ url: api.url, connections, tag: 'profile', until, ignoreFirstMs }, opened);
  return api;
};

const profileWorker: Profile = async ({ scale, opened }, { redis, redisUrl, sink }, env) => {
  const backlog = openBacklog(redisUrl, opened);
  const worker = await startOurWorker({ redisUrl, smtpUrl: sink.smtpUrl, concurrency: connections }, env);
  opened.defer(() => worker.stop());
  for (const signUps of [scale.endToEnd.warmUp, 2 * scale.endToEnd.concurrent]) {
    await drain({ workers: [worker], sink, signUps, fill: () => backlog.add(signUps) });
    await untilFinished(redis, ours.queues);
  }
  return worker;
};

const readShares = async (folder: string, name: string): Promise<string[]> => {
  const files = await readdir(folder);
  const file = files.find((one) => one.startsWith(name));
  if (file === undefined) throw new Error(`There is no profile of our ${name}`);
  const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile;
  return sharesOf(profile).filter(isWorthALine).map(toLine);
};

const isWorthALine = ({ share }: Share): boolean => share >= 0.005;
const toLine = ({ part, share }: Share): string => `${(share * 100).toFixed(1).padStart(6)} %  ${part}`;
