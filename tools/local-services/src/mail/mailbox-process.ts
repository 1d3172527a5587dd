import { MailDev, type PartialMailDevConfig } from 'maildev';

/** Run by `startMailbox` as a program of its own. Its one argument is the configuration, as JSON; it says when it is ready. */
const config = JSON.parse(process.argv[2] ?? '{}') as PartialMailDevConfig;
await new MailDev(config).start();
process.stdout.write('The mailbox is ready\n');
