import { databaseVariables } from '@backend-jobs/postgres';
import { connectWorker, redisVariables } from '@backend-jobs/redis';
import {
  anyText,
  createKeyedHash,
  processVariables,
  readEnvironmentOrExit,
  variable,
} from '@backend-jobs/runtime';
import { rekeyEmailIndex } from '@backend-jobs/sign-ups';

const { redis, keyPrefix } = redisVariables;
const { hashSecret, shards } = processVariables;
const { database } = databaseVariables;
const oldHashSecret = variable({
  name: 'OLD_HASH_SECRET',
  decode: anyText,
  default: 'not-a-secret',
  meaning: 'the HASH_SECRET until now',
});
const config = readEnvironmentOrExit(
  { redis, keyPrefix, hashSecret, shards, database, oldHashSecret },
  process.env,
);
const refuse = (reason: string): never => {
  process.stderr.write(`${reason}\n`);
  process.exit(2);
};
if (config.database)
  refuse('PostgreSQL finds people by their addresses: with DATABASE_URL HASH_SECRET may change by itself');
if (config.shards > 1)
  refuse('HASH_SECRET decides the shard of an address: it can only be changed while SHARDS is 1');
const connection = connectWorker(config.redis, { name: 'rekey', keyPrefix: config.keyPrefix });
connection.on('error', (error) => refuse(`Redis: ${error.message}`));
const { users, moved, lost } = await rekeyEmailIndex(connection, {
  keyPrefix: config.keyPrefix,
  from: createKeyedHash(config.oldHashSecret),
  to: createKeyedHash(config.hashSecret),
});
process.stdout.write(`${users} users; ${moved} of them were moved to the new HASH_SECRET\n`);
if (lost > 0 || users === 0) {
  process.stderr.write(
    users === 0
      ? 'There are no users: check REDIS_URL and KEY_PREFIX\n'
      : `${lost} users are found under neither secret: check OLD_HASH_SECRET\n`,
  );
  process.exitCode = 1;
}
connection.disconnect();
