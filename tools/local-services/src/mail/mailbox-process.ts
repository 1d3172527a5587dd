import { MailDev, type PartialMailDevConfig } from 'maildev';
import { guardOrigin } from './guard-origin.ts';

/**
 * `startMailbox` runs this as a program. Its only argument is the configuration, as JSON. It prints when it
 * is ready.
 */
const config = JSON.parse(process.argv[2] ?? '{}') as PartialMailDevConfig;
const { api } = await new MailDev(config).start();
if (!api) throw new Error('maildev has started no web server');
guardOrigin(api.server.server, config.webIp ?? '127.0.0.1');
process.stdout.write('The mailbox is ready\n');
