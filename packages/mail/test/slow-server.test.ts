import { type SmtpScript, startSmtpServer } from '@backend-jobs/local-services';
import { describe, test } from 'vitest';
import { openMailer, send } from './support/mail.ts';

const wait = (ms: number) => () => ms;

/** Longer than clients that are in a hurry wait: RFC 5321, 4.5.3.2 asks for minutes in each of these phases. */
const phases: { phase: string; script: SmtpScript }[] = [
  { phase: 'the greeting', script: { onConnect: wait(11_000) } },
  { phase: 'MAIL FROM', script: { onMailFrom: wait(11_000) } },
  { phase: 'RCPT TO', script: { onRcptTo: wait(11_000) } },
  { phase: 'DATA', script: { onData: wait(11_000) } },
  { phase: 'the end of the message', script: { onFinalDot: wait(35_000) } },
];

describe.concurrent('a server that is slow', () => {
  test.for(phases)(
    'at $phase gets the message, once',
    { timeout: 120_000 },
    async ({ script }, { expect, onTestFinished }) => {
      const smtp = await startSmtpServer({ script });
      const mailer = openMailer(smtp.url);
      onTestFinished(async () => {
        mailer.close();
        await smtp.stop();
      });
      expect(await send(mailer)).toEqual({ kind: 'sent' });
      expect(smtp.messages).toHaveLength(1);
    },
  );
});
