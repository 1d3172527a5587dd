import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findPostgres, findRedisServer } from '@backend-jobs/local-services';
import { type Measurement, openRedis } from './bench.ts';
import { measureAccept, measureCrowd } from './measurements/measure-accept.ts';
import { measureBacklog } from './measurements/measure-backlog.ts';
import { measureDefaults, measureEndToEnd } from './measurements/measure-end-to-end.ts';
import { measureIdle } from './measurements/measure-idle.ts';
import { measureObserving } from './measurements/measure-observing.ts';
import { measureRedisMemory } from './measurements/measure-redis-memory.ts';
import { measureReplicas } from './measurements/measure-replicas.ts';
import { measureStores } from './measurements/measure-stores.ts';
import { profileOurs } from './profile/profile-ours.ts';
import { readEnvironment } from './report/environment.ts';
import type { Finding } from './report/finding.ts';
import { toText } from './report/markdown.ts';
import { writeReport } from './report/write-report.ts';
import { fullScale, quickScale } from './scale.ts';

const help = `npm run bench                    measures everything, some 20 minutes, and writes docs/benchmarks.*
npm run bench -- --quick         shows within a minute that all of it runs; writes to .data/bench
npm run bench -- --only 1,4      only what these figures take; prints them, and writes nothing
npm run bench -- --profile       shows on what our API and our worker spend their time
npm run bench -- --before ../old lets another checkout of this repository take turns with it, which is installed
`;

const measurements: readonly Measurement[] = [
  measureAccept,
  measureCrowd,
  measureEndToEnd,
  measureDefaults,
  measureBacklog,
  measureReplicas,
  measureRedisMemory,
  measureIdle,
  measureObserving,
  measureStores,
];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    before: { type: 'string' },
    profile: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const scale = values.quick ? quickScale : fullScale;
const wanted = values.only?.split(',').map(Number);
const repository = new URL('../../../', import.meta.url);

/** What runs at the moment. */
let opened = new AsyncDisposableStack();
let stopping: Promise<void> | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, async () => {
    stopping ??= opened.disposeAsync();
    await stopping;
    process.exit(1);
  });
}

const known = new Set(measurements.flatMap(({ ids }) => ids));
if (wanted?.some((id) => !known.has(id))) throw new Error(`--only takes some of ${[...known].join(',')}`);

const measureAll = async (): Promise<void> => {
  const startedAtMs = Date.now();
  if (scale.isScaledDown) say('Scaled down: small numbers and one round, whose figures say little.');
  const redisSource = await findRedisServer({ report: say });
  const measure = async <Answer>(run: (opened: AsyncDisposableStack) => Promise<Answer>): Promise<Answer> => {
    opened = new AsyncDisposableStack();
    try {
      return await run(opened);
    } finally {
      await opened.disposeAsync();
    }
  };
  if (values.profile) {
    const folder = fileURLToPath(new URL('.data/bench/profile', repository));
    return measure((opened) => profileOurs({ scale, redisSource, opened }, { folder, say }));
  }
  const environment = await measure(async (opened) => {
    const { redis } = await openRedis({ redisSource, opened });
    return readEnvironment({
      redis: /^redis_version:(\S+)/m.exec(await redis.info('server'))?.[1] ?? 'unknown',
      postgres: (await findPostgres('system', { report: say }))?.version ?? 'none',
    });
  });
  const findings: Finding[] = [];
  const chosen = measurements.filter(({ ids }) => !wanted || ids.some((id) => wanted.includes(id)));
  for (const [index, { title, run }] of chosen.entries()) {
    process.stderr.write(`bench: ${index + 1} of ${chosen.length}, ${title}\n`);
    const turnAtMs = Date.now();
    const found = await measure((opened) => run({ scale, redisSource, before: values.before, opened }));
    findings.push(...found);
    say(`\n${title} (${Math.round((Date.now() - turnAtMs) / 1_000)} s)\n${toText(found)}`);
  }
  say(`\n${Math.round((Date.now() - startedAtMs) / 1_000)} s in all`);
  if (wanted) return;
  const report = {
    takenAt: new Date().toISOString(),
    isScaledDown: scale.isScaledDown,
    rounds: scale.rounds,
    ...environment,
    findings: findings.toSorted((a, b) => a.id - b.id),
  };
  const folder = values.quick ? '.data/bench' : 'docs';
  const files = await writeReport(report, fileURLToPath(new URL(folder, repository)));
  say(`${folder}: ${files.join(', ')}`);
};

if (values.help) say(help.trimEnd());
else {
  // What was being measured when a signal came fails, too: then there is nothing to tell but that all is stopped.
  await measureAll().catch(async (error) => {
    await stopping;
    if (!stopping) throw error;
  });
}
