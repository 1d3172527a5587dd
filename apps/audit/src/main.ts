import { createSignUpFlow } from '@backend-jobs/jobs';
import { connectWorker, redisVariables } from '@backend-jobs/redis';
import { readEnvironmentOrExit } from '@backend-jobs/runtime';
import { createRedisUserStore } from '@backend-jobs/sign-ups';
import { auditSignUps } from './audit.ts';

const { redis, keyPrefix } = redisVariables;
const config = readEnvironmentOrExit({ redis, keyPrefix }, process.env);
const prefix = config.keyPrefix;
const connection = connectWorker(config.redis, 'audit');
connection.on('error', (error) => {
  process.stderr.write(`Redis: ${error.message}\n`);
  process.exit(2);
});
const flow = createSignUpFlow({ connection, prefix });
// It looks up no email, so whatever hashes them will do.
const users = createRedisUserStore(connection, { keyPrefix: prefix, hash: (text) => text });
const { counts, faults } = await auditSignUps({ users, flow });

const lines = Object.entries(counts).map(([kind, count]) => `${String(count).padStart(8)}  ${kind}`);
process.stdout.write(
  `${[...lines.sort(), ...faults, `${faults.length} that hang or are lost`].join('\n')}\n`,
);
await flow.close();
connection.disconnect();
process.exitCode = faults.length > 0 ? 1 : 0;
