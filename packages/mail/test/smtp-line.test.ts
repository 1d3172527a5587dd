import { type RawReply, type RawSmtpServer, startRawSmtpServer } from '@backend-jobs/local-services';
import { readEnvironment } from '@backend-jobs/runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { smtpWaits } from '../src/smtp-connection.ts';
import { openSmtpLine, type SmtpLine } from '../src/smtp-line.ts';
import { smtp } from '../src/smtp-settings.ts';
import { message } from './support/mail.ts';

let server: RawSmtpServer;
beforeEach(async () => {
  server = await startRawSmtpServer();
});
afterEach(() => server.stop());

const open = (waits: Partial<typeof smtpWaits> = {}): Promise<SmtpLine> => {
  const { smtp: settings } = readEnvironment({ smtp }, { MAIL_FROM: message.from, SMTP_URL: server.url });
  return openSmtpLine(settings, { onClose: () => {}, waits: { ...smtpWaits, ...waits } });
};

const reply = (text: string, more: Partial<RawReply> = {}): RawReply => ({ bytes: `${text}\r\n`, ...more });
const silence: RawReply = { bytes: '' };

const sendOver = (line: SmtpLine) => line.send(message, { isLastTry: true });

describe('a connection', () => {
  test('stays open for longer than it may take to connect', async () => {
    server.script = (phase) => (phase === 'message' ? reply('250 Ok', { everyMs: 1_500 }) : undefined);
    const line = await open({ connectMs: 1_000 });
    expect(await sendOver(line)).toEqual({ kind: 'sent' });
    line.close();
  });

  test.for([
    { what: 'a greeting', slow: 'greeting' },
    { what: 'a reply to EHLO', slow: 'EHLO' },
  ])('is given up when $what comes by the byte, and does not end', async ({ slow }) => {
    const slowly = { bytes: '220-and more\r\n'.repeat(100), pieces: 700, everyMs: 20 };
    server.script = (phase) => (phase === slow ? slowly : undefined);
    await expect(open({ openMs: 300 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  test('is given up when the server asks for more, again and again, at the login', async () => {
    server.script = (phase) => {
      if (phase === 'EHLO') return reply('250-mail.example\r\n250 AUTH PLAIN');
      return phase === 'other' ? reply('334 ', { everyMs: 20 }) : undefined;
    };
    const url = server.url.replace('//', '//us:secret@');
    const { smtp: settings } = readEnvironment({ smtp }, { MAIL_FROM: message.from, SMTP_URL: url });
    const opening = openSmtpLine(settings, { onClose: () => {}, waits: { ...smtpWaits, openMs: 300 } });
    await expect(opening).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });
});

describe('after a refusal, when the server is asked to forget the message', () => {
  const refusing = (toReset: RawReply) => {
    server.script = (phase) => {
      if (phase === 'RCPT') return reply('550 5.1.1 no');
      return phase === 'RSET' ? toReset : undefined;
    };
  };

  test.for([
    { what: 'hangs up', toReset: { bytes: '', ends: 'drop' as const } },
    { what: 'says nothing', toReset: silence },
    { what: 'says no', toReset: reply('554 no') },
  ])('and it $what, the connection is closed', async ({ toReset }) => {
    refusing(toReset);
    const line = await open({ resetMs: 300 });
    expect(await sendOver(line)).toMatchObject({ kind: 'refused' });
    expect(line.isOpen).toBe(false);
  });

  test('and it says nothing, an interruption does not wait for it', async () => {
    const asked = Promise.withResolvers<void>();
    refusing(silence);
    const { script } = server;
    server.script = (phase, recipient) => {
      if (phase === 'RSET') asked.resolve();
      return script(phase, recipient);
    };
    const line = await open();
    const sending = sendOver(line);
    await asked.promise;
    line.interrupt();
    expect(await sending).toMatchObject({ kind: 'refused' });
  });
});

describe('a reply that SMTP does not know', () => {
  const odd = ['354 go on', '199 hm', '600 hm', '55000 5.1.1 hm', '000 hm', 'hm', '\u0000\u00ff', '-'];
  test.for(odd)('%j to the message: it may have been taken', async (text) => {
    server.script = (phase) => (phase === 'message' ? reply(text) : undefined);
    const line = await open();
    expect(await sendOver(line)).toMatchObject({ kind: 'uncertain' });
    expect(line.isOpen).toBe(false);
  });

  test.for(odd)('%j to the recipient: it is tried again', async (text) => {
    server.script = (phase) => (phase === 'RCPT' ? reply(text) : undefined);
    const line = await open();
    expect(await sendOver(line)).toMatchObject({ kind: 'deferred' });
    expect(line.isOpen).toBe(false);
  });
});

describe('what the server says out of turn', () => {
  test('after the reply to a message is not taken for a reply about the next one', async () => {
    server.script = (phase) => (phase === 'message' ? reply('250 Ok\r\n550 5.1.1 and no') : undefined);
    const line = await open();
    expect(await sendOver(line)).toEqual({ kind: 'sent' });
    expect(line.isOpen).toBe(false);
  });

  test('as it hangs up ends no message for good', async () => {
    server.script = (phase) => (phase === 'RCPT' ? { bytes: '550 5.1.1 n', ends: 'drop' } : undefined);
    expect(await sendOver(await open())).toMatchObject({ kind: 'suspect' });
  });
});
