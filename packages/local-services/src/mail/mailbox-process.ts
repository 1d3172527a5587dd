import { MailDev, type PartialMailDevConfig } from 'maildev';

/** Run by `startMailbox` as a program of its own. Its one argument is the configuration, as JSON. */
const config = JSON.parse(process.argv[2] ?? '{}') as PartialMailDevConfig;
await new MailDev(config).start();
