import { createSignUpFlow } from '@backend-jobs/jobs';
import { connectWorker } from '@backend-jobs/redis';
import { processEnvironment, readEnvironmentOrExit } from '@backend-jobs/runtime';
import { createRedisUserStore } from '@backend-jobs/sign-ups';
import { Type } from '@sinclair/typebox';
import { auditSignUps } from './audit.ts';

const { REDIS_URL, KEY_PREFIX } = processEnvironment;
const config = readEnvironmentOrExit(Type.Object({ REDIS_URL, KEY_PREFIX }), process.env);
const prefix = config.KEY_PREFIX;
const connection = connectWorker(config.REDIS_URL, 'audit');
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
