import { randomUUIDv7 } from 'node:crypto';
import { parseArgs } from 'node:util';
import { openQueues } from '@backend-jobs/jobs';
import { createWelcomeEmailComposer, mailFrom, smtp } from '@backend-jobs/mail';
import { connectWorker, redisVariables } from '@backend-jobs/redis';
import { processVariables, readEnvironmentOrExit } from '@backend-jobs/runtime';
import { formats, openStores } from '@backend-jobs/sign-ups';
import { examineMail } from './examine-mail.ts';
import { examineRedis } from './examine-redis.ts';
import { examineSignUps } from './examine-sign-ups.ts';
import { type Finding, toLines } from './report.ts';

const usage = `Usage: npm run doctor -- [--mail <address> [--send]]

  Says of Redis, the workers, the sign-ups and the mail server what works, and what to change where something does not.

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

async function* examineMailServer(address: string, send: boolean): AsyncGenerator<Finding> {
  const config = readEnvironmentOrExit({ smtp, mailFrom }, process.env);
  const message = createWelcomeEmailComposer(config.mailFrom)({
    id: randomUUIDv7(),
    name: 'Ada Lovelace',
    email: address,
    locale: 'en',
    createdAt: new Date().toISOString(),
  });
  yield* examineMail(config.smtp, send ? message : undefined);
}

async function* examineService(): AsyncGenerator<Finding> {
  const { redis, keyPrefix } = redisVariables;
  const config = readEnvironmentOrExit(
    { redis, keyPrefix, hashSecret: processVariables.hashSecret },
    process.env,
  );
  const connection = connectWorker(config.redis, 'doctor');
  const queues = openQueues({ connection, prefix: config.keyPrefix });
  let isUsable = true;
  try {
    for await (const finding of examineRedis(connection, config.keyPrefix)) {
      yield finding;
      isUsable &&= !('failed' in finding) || !['Redis', 'writes', 'rights'].includes(finding.step);
    }
    if (isUsable) yield* examineSignUps(queues, openStores(connection, config).welcomeEmails);
  } finally {
    connection.disconnect();
    await queues.close();
  }
  if (process.env.SMTP_URL || process.env.SMTP_URL_FILE)
    yield* examineMailServer('nobody@example.com', false);
  else yield { step: 'mail', found: 'not looked at: SMTP_URL is not set here' };
}

const options = readOptions();
const findings = options.mail ? examineMailServer(options.mail, options.send ?? false) : examineService();
for await (const finding of findings) {
  process.stdout.write(`${toLines(finding)}\n`);
  if ('failed' in finding) process.exitCode = 1;
}
