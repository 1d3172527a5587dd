import { openQueues } from '@backend-jobs/jobs';
import { databaseVariables, openDatabase, patient, requireSchema } from '@backend-jobs/postgres';
import { connectWorker, redisVariables } from '@backend-jobs/redis';
import { messageOf, processVariables, readEnvironmentOrExit } from '@backend-jobs/runtime';
import { migrations } from '@backend-jobs/sign-ups';
import { forgetPeople } from './forget.ts';
import { copyUsers, finishMove } from './move.ts';
import { createRedisNames } from './names.ts';
import { createPasses } from './passes.ts';
import { createRedisReader } from './read-redis.ts';
import { createReconciler } from './reconcile.ts';
import { requireNoWorkers } from './require-no-workers.ts';
import { takeTurn } from './turn.ts';
import { undoMove } from './undo.ts';

// `npm run move:users` copies the users from Redis to PostgreSQL while the service runs, and `-- --finish` is the last step.
// `-- --undo` ends a move before that, and `-- --forget` removes from Redis what has moved (docs/postgres.md).
const [step = '--copy', ...others] = process.argv.slice(2);
const config = readEnvironmentOrExit(
  {
    redis: redisVariables.redis,
    prefix: redisVariables.keyPrefix,
    shards: processVariables.shards,
    address: databaseVariables.database,
  },
  process.env,
);
const keyPrefix = config.prefix;
const stop = (code: number, line: string): never => {
  process.stderr.write(`${line}\n`);
  process.exit(code);
};
const address =
  config.address ?? stop(2, 'DATABASE_URL is not set: it names the database that the users move to');
if (!['--copy', '--finish', '--undo', '--forget'].includes(step) || others.length > 0)
  stop(2, 'Use npm run move:users, with -- --finish for the last step, or with -- --undo, or -- --forget');

if (config.shards > 1)
  stop(2, 'Users can only be moved while SHARDS is 1: move them first, and divide the queues then');

const connection = connectWorker(config.redis, { name: 'move-users', keyPrefix });
connection.on('error', ({ message }) => stop(2, `Redis: ${message}`));
const database = openDatabase(address, {
  ...patient,
  name: 'move-users',
  poolSize: 2,
  onAway: (reason) => stop(2, `PostgreSQL: ${reason}`),
});
const queues = openQueues({ connection, prefix: keyPrefix });
const redisNames = createRedisNames(keyPrefix);

const hasSignUps = async (): Promise<boolean> => {
  for await (const keys of connection.scanStream({ count: 1_000 })) {
    const { signUps } = redisNames.toNames(keys as string[]);
    if (signUps.length > 0) return true;
  }
  return false;
};

const tell = (line: string) => void process.stdout.write(`${line}\n`);

const move = async () => {
  const turn = await takeTurn({ connection, keyPrefix, database, hasSignUps });
  const read = createRedisReader(connection, redisNames);
  const reconcile = createReconciler(database, { read, isMine: turn.isMine });
  const deps = {
    turn,
    passes: createPasses({ connection, redisNames, database, reconcile }),
    redisNames,
    requireNoWorkers: () => requireNoWorkers(connection, queues),
    tell,
  };
  await (step === '--finish' ? finishMove(deps) : copyUsers(deps));
};

try {
  await requireSchema(database.query, migrations);
  if (step === '--undo') {
    await undoMove(connection, keyPrefix, database);
    tell('Undone: the users stay in Redis');
  } else if (step === '--forget') {
    const removed = await forgetPeople({ connection, keyPrefix, database, queues, redisNames });
    tell(`Forgotten: ${removed} keys of Redis`);
  } else await move();
} catch (error) {
  // What can be expected to fail here has no value of a person in its message.
  stop(1, error instanceof Error ? messageOf(error) : 'The move failed');
}
await queues.close();
connection.disconnect();
await database.close();
