import type { SmtpServer } from '@backend-jobs/local-services';
import { createLogger } from '@backend-jobs/runtime';
import { createMailer, type Mailer } from '../../src/mail/mailer.ts';
import type { Message } from '../../src/mail/message.ts';
import type { SmtpSettings } from '../../src/mail/smtp-settings.ts';

export const message: Message = {
  from: 'us@example.com',
  to: 'ada@example.com',
  messageId: '<1@example.com>',
  raw: 'Subject: Hello\r\n\r\nHello\r\n.\r\nand bye\r\n',
};

/** The settings that lead to `smtp`, as `SMTP_URL` alone would give them. */
export const settingsFor = (smtp: SmtpServer, more: Partial<SmtpSettings> = {}): SmtpSettings => ({
  host: '127.0.0.1',
  port: smtp.port,
  isImplicitTls: smtp.url.startsWith('smtps:'),
  auth: undefined,
  tls: { use: 'when-offered', isVerified: false, ca: undefined, serverName: undefined },
  ehloName: 'worker.example',
  ...more,
});

const silent = createLogger({ process: 'test', level: 'silent', production: true });

export const openMailer = (smtp: SmtpServer, more: Partial<SmtpSettings> = {}, maxConnections = 2): Mailer =>
  createMailer({ settings: settingsFor(smtp, more), maxConnections, logger: silent });

/** Connects, and hands one message over; what `connect` or `send` ended with. */
export const send = async (mailer: Mailer, more: Partial<Message> = {}) => {
  const connected = await mailer.connect();
  if (connected.kind !== 'connected') return connected;
  using courier = connected.courier;
  return await courier.send({ ...message, ...more });
};
