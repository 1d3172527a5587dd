import { MailDev, type PartialMailDevConfig } from 'maildev';

/**
 * `startMailbox` runs this as a program. Its only argument is the configuration, as JSON. It prints when it
 * is ready.
 */
const config = JSON.parse(process.argv[2] ?? '{}') as PartialMailDevConfig;
await new MailDev(config).start();
process.stdout.write('The mailbox is ready\n');
