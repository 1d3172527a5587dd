import { createRedrives, openQueuesOf, spreadRedrives } from '@backend-jobs/jobs';
import { connectWorker, openShards, redisVariables, Shards } from '@backend-jobs/redis';
import { processVariables, readEnvironmentOrExit } from '@backend-jobs/runtime';
import { openStores } from '@backend-jobs/sign-ups';
import { lineOf, watchRedrive } from './watch-redrive.ts';

// `npm run redrive` lists the redrives, and `npm run redrive -- <id>` watches one until it ends. It changes nothing: who
// starts or stops one logs in at /admin/failures, so that the audit trail names a person.
const [id] = process.argv.slice(2);
const { redis, keyPrefix } = redisVariables;
const { hashSecret, shards: count } = processVariables;
const config = readEnvironmentOrExit({ redis, keyPrefix, hashSecret, shards: count }, process.env);
const shards = openQueuesOf(openShards(connectWorker, config.redis, { name: 'redrive', ...config }));
for (const { connection } of shards.all)
  connection.on('error', (error) => {
    process.stderr.write(`Redis: ${error.message}\n`);
    process.exit(2);
  });
const parts = shards.all.map((shard) =>
  createRedrives({ ...shard, prefix: shard.keyPrefix, ...openStores(new Shards([shard]), config) }),
);
const redrives = spreadRedrives(parts);

const watched = id === undefined ? await redrives.list() : [await watchRedrive(redrives, id)];
const found = watched.filter((redrive) => redrive !== undefined);
const nothing = id === undefined ? 'There are no redrives' : 'There is no redrive with this id';
process.stdout.write(`${found.length > 0 ? found.map(lineOf).join('\n') : nothing}\n`);
for (const { queues, connection } of shards.all) {
  await queues.close();
  connection.disconnect();
}
// 0 if the redrive that was watched has finished.
if (id !== undefined) process.exitCode = found.some(({ state }) => state === 'finished') ? 0 : 1;
