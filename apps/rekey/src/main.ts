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
const oldHashSecret = variable({
  name: 'OLD_HASH_SECRET',
  decode: anyText,
  default: 'not-a-secret',
  meaning: 'the HASH_SECRET until now',
});
const config = readEnvironmentOrExit({ redis, keyPrefix, hashSecret, shards, oldHashSecret }, process.env);
if (config.shards > 1) {
  process.stderr.write(
    'HASH_SECRET decides the shard of an address: it can only be changed while SHARDS is 1\n',
  );
  process.exit(2);
}
const connection = connectWorker(config.redis, { name: 'rekey', keyPrefix: config.keyPrefix });
connection.on('error', (error) => {
  process.stderr.write(`Redis: ${error.message}\n`);
  process.exit(2);
});
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
