import { createLogger, readEnvironment } from '@backend-jobs/runtime';
import { createMailer, type Mailer } from '../../src/mailer.ts';
import type { Message } from '../../src/message.ts';
import { smtp } from '../../src/smtp-settings.ts';

export const message: Message = {
  from: 'us@example.com',
  to: 'ada@example.com',
  messageId: '<1@example.com>',
  raw: 'Subject: Hello\r\n\r\nHello\r\n.\r\nand bye\r\n',
};

const silent = createLogger({ process: 'test', level: 'silent', production: true });

/** A mailer as the worker has it with these variables. */
export const openMailer = (
  smtpUrl: string,
  environment: Record<string, string> = {},
  maxConnections = 2,
): Mailer => {
  const variables = { MAIL_FROM: message.from, SMTP_URL: smtpUrl, ...environment };
  const settings = readEnvironment({ smtp }, variables).smtp;
  return createMailer({ settings, maxConnections, logger: silent });
};

/** Connects, and hands one message over; what `connect` or `send` ended with. */
export const send = async (mailer: Mailer, more: Partial<Message> = {}) => {
  const connected = await mailer.connect();
  if (connected.kind !== 'connected') return connected;
  using courier = connected.courier;
  return await courier.send({ ...message, ...more });
};
