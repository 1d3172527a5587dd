import { createSignUpJobStates, openQueuesOf, spreadSignUpJobStates } from '@backend-jobs/jobs';
import { databaseVariables, openDatabase, patient } from '@backend-jobs/postgres';
import { connectWorker, openShards, redisVariables } from '@backend-jobs/redis';
import { Progress, processVariables, readEnvironmentOrExit } from '@backend-jobs/runtime';
import { openStores } from '@backend-jobs/sign-ups';
import { auditSignUps } from './audit.ts';

const { redis, keyPrefix } = redisVariables;
const { hashSecret, shards: count } = processVariables;
const { database: address } = databaseVariables;
const config = readEnvironmentOrExit({ redis, keyPrefix, hashSecret, shards: count, address }, process.env);
const shards = openQueuesOf(openShards(connectWorker, config.redis, { name: 'audit', ...config }));
const away = (name: string) => (reason: string) => {
  process.stderr.write(`${name}: ${reason}\n`);
  process.exit(2);
};
for (const { connection } of shards.all) connection.on('error', ({ message }) => away('Redis')(message));
const database =
  config.address &&
  openDatabase(config.address, { name: 'audit', poolSize: 4, ...patient, onAway: away('PostgreSQL') });
const { signUpStore, accepted } = openStores(shards, {
  hashSecret: config.hashSecret,
  database,
});
const jobStates = spreadSignUpJobStates(shards.map(({ queues }) => createSignUpJobStates(queues)));
let progress: Progress | undefined;
const { counts, faults } = await auditSignUps({ signUpStore, accepted, jobStates }, (done, total) => {
  progress ??= new Progress({ name: 'audit', things: 'sign-ups', total });
  progress.show(done);
});
progress?.end();

const lines = Object.entries(counts).map(([kind, count]) => `${String(count).padStart(8)}  ${kind}`);
process.stdout.write(
  `${[...lines.sort(), ...faults, `${faults.length} that hang or are lost`].join('\n')}\n`,
);
for (const { queues, connection } of shards.all) {
  await queues.close();
  connection.disconnect();
}
await database?.close();
process.exitCode = faults.length > 0 ? 1 : 0;
