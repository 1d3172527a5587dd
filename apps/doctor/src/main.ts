import { randomUUIDv7 } from 'node:crypto';
import { parseArgs } from 'node:util';
import { openQueuesOf } from '@backend-jobs/jobs';
import { createWelcomeEmailComposer, mailFrom, smtp } from '@backend-jobs/mail';
import { databaseVariables, impatient, openDatabase } from '@backend-jobs/postgres';
import { connectWorker, openShards, redisVariables } from '@backend-jobs/redis';
import { portVariables, processVariables, readEnvironmentOrExit } from '@backend-jobs/runtime';
import { formats, openStores } from '@backend-jobs/sign-ups';
import { telemetryVariables } from '@backend-jobs/telemetry';
import { examineDatabase } from './examine-database.ts';
import { examineMail } from './examine-mail.ts';
import { examinePorts } from './examine-ports.ts';
import { examineShards } from './examine-shards.ts';
import { examineSignUps } from './examine-sign-ups.ts';
import { type Finding, toLines } from './report.ts';

const usage = `Usage: npm run doctor -- [--mail <address> [--send]]

  Says of Redis, PostgreSQL, the workers, the sign-ups, the ports and the mail server what works, and what to change where something does not.

  --mail <address>  looks at the mail server alone
  --send            sends one welcome email to the address
`;

const readOptions = () => {
  try {
    const { values } = parseArgs({ options: { mail: { type: 'string' }, send: { type: 'boolean' } } });
    if (values.mail === undefined ? !values.send : formats.email(values.mail)) return values;
  } catch {} // an option that there is not gets the same answer
  process.stderr.write(usage);
  process.exit(2);
};

/** Sends a welcome email to `recipient`, if there is one. */
async function* examineMailServer(recipient: string | undefined): AsyncGenerator<Finding> {
  const config = readEnvironmentOrExit({ smtp, mailFrom }, process.env);
  const compose = createWelcomeEmailComposer(config.mailFrom);
  const user = { id: randomUUIDv7(), name: 'Ada Lovelace', createdAt: new Date().toISOString() };
  const message = recipient ? compose({ ...user, email: recipient, locale: 'en' }) : undefined;
  yield* examineMail(config.smtp, message);
}

async function* examineService(): AsyncGenerator<Finding> {
  const { redis, keyPrefix } = redisVariables;
  const { hashSecret, shards: count } = processVariables;
  const config = readEnvironmentOrExit(
    { redis, keyPrefix, hashSecret, shards: count, address: databaseVariables.database },
    process.env,
  );
  const options = { name: 'doctor', poolSize: 1, ...impatient, timeoutMs: 5_000 };
  const { address } = config;
  const database = address && openDatabase(address, options);
  const other = address && openDatabase(address, options);
  const shards = openQueuesOf(openShards(connectWorker, config.redis, { name: 'doctor', ...config }));
  try {
    const isRedisUsable = yield* examineShards(shards.all);
    const isDatabaseUsable =
      database && other
        ? yield* examineDatabase(database, { other, prepares: address.prepares !== false })
        : true;
    if (isRedisUsable && isDatabaseUsable)
      yield* examineSignUps(shards.all, openStores(shards, { ...config, database }).welcomeEmails);
  } finally {
    for (const { connection, queues } of shards.all) {
      connection.disconnect();
      await queues.close();
    }
    await database?.close();
    await other?.close();
  }
  const { host, port, healthPort, metricsPort } = readEnvironmentOrExit(
    { host: processVariables.host, ...portVariables, metricsPort: telemetryVariables.metricsPort },
    process.env,
  );
  yield* examinePorts(host, [
    { variable: 'PORT', app: 'API', port, path: '/livez' },
    { variable: 'HEALTH_PORT', app: 'worker', port: healthPort, path: '/livez' },
    { variable: 'METRICS_PORT', app: 'API or worker', port: metricsPort, path: '/metrics' },
  ]);
  if (process.env.SMTP_URL || process.env.SMTP_URL_FILE) yield* examineMailServer(undefined);
  else yield { step: 'mail', found: 'not looked at: SMTP_URL is not set here' };
}

const { mail, send } = readOptions();
const findings = mail ? examineMailServer(send ? mail : undefined) : examineService();
for await (const finding of findings) {
  process.stdout.write(`${toLines(finding)}\n`);
  if ('failed' in finding) process.exitCode = 1;
}
