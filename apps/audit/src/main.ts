import { createSignUpJobStates, openQueues } from '@backend-jobs/jobs';
import { connectWorker, redisVariables } from '@backend-jobs/redis';
import { Progress, processVariables, readEnvironmentOrExit } from '@backend-jobs/runtime';
import { openStores } from '@backend-jobs/sign-ups';
import { auditSignUps } from './audit.ts';

const { redis, keyPrefix } = redisVariables;
const { hashSecret } = processVariables;
const config = readEnvironmentOrExit({ redis, keyPrefix, hashSecret }, process.env);
const prefix = config.keyPrefix;
const connection = connectWorker(config.redis, 'audit');
connection.on('error', (error) => {
  process.stderr.write(`Redis: ${error.message}\n`);
  process.exit(2);
});
const queues = openQueues({ connection, prefix });
const { signUpStore } = openStores(connection, { keyPrefix: prefix, hashSecret: config.hashSecret });
let progress: Progress | undefined;
const { counts, faults } = await auditSignUps(
  { signUpStore, jobStates: createSignUpJobStates(queues) },
  (done, total) => {
    progress ??= new Progress({ name: 'audit', things: 'sign-ups', total });
    progress.show(done);
  },
);
progress?.end();

const lines = Object.entries(counts).map(([kind, count]) => `${String(count).padStart(8)}  ${kind}`);
process.stdout.write(
  `${[...lines.sort(), ...faults, `${faults.length} that hang or are lost`].join('\n')}\n`,
);
await queues.close();
connection.disconnect();
process.exitCode = faults.length > 0 ? 1 : 0;
