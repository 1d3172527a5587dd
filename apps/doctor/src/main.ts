import { randomUUIDv7 } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createWelcomeEmailComposer, mailFrom, smtp } from '@backend-jobs/mail';
import { readEnvironmentOrExit } from '@backend-jobs/runtime';
import { formats } from '@backend-jobs/sign-ups';
import { examineMail } from './examine-mail.ts';
import { toLines } from './report.ts';

const usage = `Usage: npm run doctor -- --mail <address> [--send]

  --mail <address>  connects to the mail server as the worker does, and says what it finds
  --send            sends one welcome email to the address
`;

const readOptions = () => {
  try {
    const { values } = parseArgs({ options: { mail: { type: 'string' }, send: { type: 'boolean' } } });
    if (values.mail !== undefined && formats.email(values.mail))
      return { mail: values.mail, send: values.send };
  } catch {} // an option that there is not gets the same answer
  process.stderr.write(usage);
  process.exit(2);
};

const options = readOptions();
const config = readEnvironmentOrExit({ smtp, mailFrom }, process.env);
const compose = createWelcomeEmailComposer(config.mailFrom);
const message = compose({
  id: randomUUIDv7(),
  name: 'Ada Lovelace',
  email: options.mail,
  locale: 'en',
  createdAt: new Date().toISOString(),
});

for await (const finding of examineMail(config.smtp, options.send ? message : undefined)) {
  process.stdout.write(`${toLines(finding)}\n`);
  if ('failed' in finding) process.exitCode = 1;
}
