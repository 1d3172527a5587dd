import { startRawSmtpServer } from '@backend-jobs/local-services';
import { createLogger, readEnvironment } from '@backend-jobs/runtime';
import { expect, onTestFinished, test } from 'vitest';
import { createMailer, smtp } from '../src/index.ts';

test('a server that repeats the login puts no password into the reason', async () => {
  const server = await startRawSmtpServer();
  onTestFinished(() => server.stop());
  const plain = Buffer.from('\0bob\0s3cr3t-pass').toString('base64');
  server.script = (phase) => {
    if (phase === 'EHLO') return { bytes: '250-mail.example\r\n250 AUTH PLAIN\r\n' };
    if (phase === 'other') return { bytes: `535 5.7.8 bad login for s3cr3t-pass: AUTH PLAIN ${plain}\r\n` };
    return undefined;
  };
  const settings = readEnvironment(
    { smtp },
    { SMTP_URL: server.url.replace('//', '//bob:s3cr3t-pass@'), MAIL_FROM: 'Us <us@example.com>' },
  ).smtp;
  const mailer = createMailer({
    settings,
    maxConnections: 1,
    logger: createLogger({ process: 'test', level: 'silent', production: true }),
  });
  onTestFinished(() => mailer.close());
  expect(await mailer.connect()).toMatchObject({
    kind: 'unavailable',
    reason: 'Login failed: 535 5.7.8 bad login for …: AUTH PLAIN …',
  });
});
