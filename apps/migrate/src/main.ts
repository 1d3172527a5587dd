import { databaseVariables, migrate } from '@backend-jobs/postgres';
import { readEnvironmentOrExit } from '@backend-jobs/runtime';
import { migrations } from '@backend-jobs/sign-ups';

const { database } = readEnvironmentOrExit({ database: databaseVariables.database }, process.env);
if (!database) {
  process.stderr.write('DATABASE_URL is not set: there is no database to migrate\n');
  process.exit(2);
}
try {
  const done = await migrate(database, migrations);
  process.stdout.write(done.length > 0 ? `Applied ${done.join(', ')}\n` : 'The schema is up to date\n');
} catch (error) {
  process.stderr.write(`PostgreSQL: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
