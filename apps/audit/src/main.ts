import { createSignUpJobStates, openQueues } from '@backend-jobs/jobs';
import { connectWorker } from '@backend-jobs/redis';
import { processEnvironment, readEnvironmentOrExit } from '@backend-jobs/runtime';
import { openStores } from '@backend-jobs/sign-ups';
import { Type } from '@sinclair/typebox';
import { auditSignUps } from './audit.ts';

const { REDIS_URL, KEY_PREFIX, HASH_SECRET } = processEnvironment;
const AuditConfig = Type.Object({ REDIS_URL, KEY_PREFIX, HASH_SECRET });
const config = readEnvironmentOrExit(AuditConfig, process.env);
const prefix = config.KEY_PREFIX;
const connection = connectWorker(config.REDIS_URL, 'audit');
connection.on('error', (error) => {
  process.stderr.write(`Redis: ${error.message}\n`);
  process.exit(2);
});
const queues = openQueues({ connection, prefix });
const { signUpStore } = openStores(connection, { keyPrefix: prefix, hashSecret: config.HASH_SECRET });
const { counts, faults } = await auditSignUps({ signUpStore, jobStates: createSignUpJobStates(queues) });

const lines = Object.entries(counts).map(([kind, count]) => `${String(count).padStart(8)}  ${kind}`);
process.stdout.write(
  `${[...lines.sort(), ...faults, `${faults.length} that hang or are lost`].join('\n')}\n`,
);
await queues.close();
connection.disconnect();
process.exitCode = faults.length > 0 ? 1 : 0;
