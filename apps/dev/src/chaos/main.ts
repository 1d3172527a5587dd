import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startRedis, startSmtpServer } from '@backend-jobs/local-services';
import { faults } from './faults.ts';
import { startLoad } from './load.ts';
import { seededRandom } from './random.ts';
import { Service } from './service.ts';
import { judge } from './verdict.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '2' },
    'per-second': { type: 'string', default: '20' },
    appendfsync: { type: 'string', default: 'always' },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const random = seededRandom(Number(values.seed));
const untilMs = Date.now() + Number(values.minutes) * 60_000;

await using opened = new AsyncDisposableStack();
const redis = await startRedis({ appendfsync: values.appendfsync === 'everysec' ? 'everysec' : 'always' });
opened.defer(() => redis.stop());
const smtp = await startSmtpServer();
opened.defer(() => smtp.stop());
const service = await Service.start(redis, smtp, 3);
opened.defer(() => service.stop());

const stopLoad = startLoad(service.apiUrl, Number(values['per-second']));
const names = Object.keys(faults);
const counts: Record<string, number> = {};
while (Date.now() < untilMs) {
  await sleep(random.between(500, 3_000));
  const name = names[random.between(0, names.length - 1)] as string;
  counts[name] = (counts[name] ?? 0) + 1;
  await faults[name]?.(service, random);
}
const { accepted, refused } = await stopLoad();
const verdict = await judge(service.apiUrl, accepted, smtp);
const audit = await runAudit();

// With everysec Redis acknowledges what it may hold in memory for 2 s; a kill can lose that. With always, nothing.
const perKill = values.appendfsync === 'everysec' ? 2 * Number(values['per-second']) : 0;
const mayBeLost = perKill * (counts['Redis killed'] ?? 0);
const isKept = verdict.faults.length === 0 && verdict.lost.length <= mayBeLost && audit.code === 0;

say(`chaos: seed ${values.seed}, ${values.minutes} min, ${values['per-second']}/s, ${values.appendfsync}`);
say(`faults: ${JSON.stringify(counts)}`);
say(`answers: ${accepted.size} accepted, others ${JSON.stringify(refused)}`);
say(`outcomes: ${JSON.stringify(verdict.outcomes)}, ${verdict.countedCopies} second copies, all counted`);
say(`lost: ${verdict.lost.length} of at most ${mayBeLost} ${verdict.lost.join(' ')}`);
say(`audit:\n${audit.output.trimEnd()}`);
for (const fault of verdict.faults) say(`FAULT ${fault}`);
say(isKept ? 'The promises were kept.' : 'Promises were broken.');
process.exitCode = isKept ? 0 : 1;

function runAudit(): Promise<{ code: number; output: string }> {
  const main = fileURLToPath(new URL('../../../audit/src/main.ts', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [main], { env: { REDIS_URL: redis.url } }, (error, stdout, stderr) => {
      resolve({ code: error ? 1 : 0, output: stdout + stderr });
    });
  });
}
