import { type SmtpScript, type SmtpServer, startSmtpServer } from '@backend-jobs/local-services';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Mailer } from '../src/mailer.ts';
import { message, openMailer, send } from './support/mail.ts';

let smtp: SmtpServer;
let mailer: Mailer;

beforeEach(async () => {
  smtp = await startSmtpServer();
  mailer = openMailer(smtp.url);
});
afterEach(async () => {
  mailer.close();
  await smtp.stop();
});

describe('what the server says', () => {
  const rcpt = (code: number, text: string): SmtpScript => ({ onRcptTo: () => ({ code, message: text }) });
  const dot = (code: number, text: string): SmtpScript => ({ onFinalDot: () => ({ code, message: text }) });
  const cases: { title: string; script: SmtpScript; kind: string }[] = [
    { title: 'an unknown mailbox', script: rcpt(550, '5.1.1 unknown'), kind: 'refused' },
    { title: 'a mailbox that is disabled', script: rcpt(550, '5.2.1 disabled'), kind: 'refused' },
    { title: 'relaying denied', script: rcpt(554, '5.7.1 Relay access denied'), kind: 'suspect' },
    { title: 'a sender refused at the recipient', script: rcpt(550, '5.1.8 bad sender'), kind: 'suspect' },
    { title: 'no route', script: rcpt(550, '5.4.4 no route'), kind: 'suspect' },
    { title: '550 without an enhanced code', script: rcpt(550, 'relay not permitted'), kind: 'suspect' },
    { title: '450 to the recipient', script: rcpt(450, '4.2.0 greylisted'), kind: 'deferred' },
    { title: '421 to the recipient', script: rcpt(421, '4.3.2 bye'), kind: 'deferred' },
    { title: '454 to the recipient', script: rcpt(454, '4.7.0 later'), kind: 'deferred' },
    { title: '503 to the recipient', script: rcpt(503, '5.5.1 sequence'), kind: 'deferred' },
    { title: 'spam', script: dot(554, '5.7.1 spam'), kind: 'suspect' },
    { title: 'a message that can not be shown', script: dot(554, '5.6.0 malformed'), kind: 'refused' },
    { title: '451 to the message', script: dot(451, '4.3.0 later'), kind: 'deferred' },
    {
      title: '550 to the sender',
      script: { onMailFrom: () => ({ code: 550, message: '5.1.0 no' }) },
      kind: 'suspect',
    },
    {
      title: '554 instead of a greeting',
      script: { onConnect: () => ({ code: 554, message: 'no' }) },
      kind: 'unavailable',
    },
    { title: 'a line dropped at the greeting', script: { onConnect: () => 'drop' }, kind: 'unavailable' },
    { title: 'a line dropped at the recipient', script: { onRcptTo: () => 'drop' }, kind: 'deferred' },
    { title: 'a line dropped before the message', script: { onData: () => 'drop' }, kind: 'deferred' },
    { title: 'a line dropped after the final dot', script: { onFinalDot: () => 'drop' }, kind: 'uncertain' },
  ];
  test.for(cases)('$title: $kind', async ({ script, kind }) => {
    smtp.script = script;
    expect((await send(mailer)).kind).toBe(kind);
  });

  test('no server at all: unavailable', async () => {
    await smtp.stop();
    expect((await send(mailer)).kind).toBe('unavailable');
  });

  test('no server any more, after a message that it took: unavailable', async () => {
    await send(mailer);
    await smtp.stop();
    expect((await send(mailer)).kind).toBe('unavailable');
  });

  test('is passed on in its own words, without the address', async () => {
    smtp.script = rcpt(550, '5.1.1 <ada@example.com> is not known here');
    expect(await send(mailer)).toEqual({ kind: 'refused', reason: '550 5.1.1 <…> is not known here' });
  });

  test('about one message does not hold up the next one over the same connection', async () => {
    smtp.script = {
      onRcptTo: (address) => (address.startsWith('ada') ? { code: 550, message: '5.1.1 no' } : undefined),
    };
    expect((await send(mailer)).kind).toBe('refused');
    expect((await send(mailer, { to: 'bob@elsewhere.example' })).kind).toBe('sent');
    expect(smtp.connections.total).toBe(1);
  });
});

describe('what goes over the wire', () => {
  test('is the message as it was composed, to the one recipient', async () => {
    await send(mailer);
    expect(smtp.messages).toMatchObject([
      { from: 'us@example.com', to: ['ada@example.com'], raw: message.raw },
    ]);
  });

  test('uses a connection again, and another one after a hundred messages', async () => {
    for (let count = 0; count < 100; count += 1) await send(mailer);
    expect(smtp.connections.total).toBe(1);
    await send(mailer);
    expect(smtp.connections.total).toBe(2);
    expect(smtp.messages).toHaveLength(101);
  });
});

describe('a server that closes a connection between two messages', () => {
  test('costs the next message nothing', async () => {
    await send(mailer);
    await smtp.restart();
    expect((await send(mailer)).kind).toBe('sent');
    expect(smtp.messages).toHaveLength(2);
  });

  test('with 421 costs the next message nothing', async () => {
    await send(mailer);
    smtp.script = {
      onMailFrom: (_address, { connection }) =>
        connection === 1 ? { code: 421, message: '4.4.2 timeout' } : undefined,
    };
    expect((await send(mailer)).kind).toBe('sent');
  });
});

describe('close', () => {
  /** The server never replies to a recipient. Returns how many it was asked about. */
  const silentAtRecipient = () => {
    let asked = 0;
    smtp.script = {
      onRcptTo: () => {
        asked += 1;
        return Number.POSITIVE_INFINITY;
      },
    };
    return () => asked;
  };

  test('ends a connection that is just being made', async () => {
    smtp.script = { onConnect: () => Number.POSITIVE_INFINITY };
    const sending = send(mailer);
    await expect.poll(() => smtp.connections.open).toBe(1);
    mailer.close();
    expect(await sending).toEqual({ kind: 'interrupted' });
    expect(smtp.messages).toHaveLength(0);
  });

  test('interrupts a message that the server was not handed', async () => {
    const asked = silentAtRecipient();
    const sending = send(mailer);
    await expect.poll(asked).toBe(1);
    mailer.close();
    expect(await sending).toEqual({ kind: 'interrupted' });
    expect(smtp.messages).toHaveLength(0);
  });

  test('waits for the reply to a message that was handed over', async () => {
    smtp.script = { onFinalDot: () => 300 };
    const sending = send(mailer);
    await expect.poll(() => smtp.messages.length).toBe(1);
    mailer.close();
    expect(await sending).toEqual({ kind: 'sent' });
  });

  test('ends whoever waits for a connection', async () => {
    const asked = silentAtRecipient();
    const single = openMailer(smtp.url, {}, 1);
    const first = send(single);
    await expect.poll(asked).toBe(1);
    const second = send(single);
    single.close();
    expect(await second).toEqual({ kind: 'interrupted' });
    expect(await first).toEqual({ kind: 'interrupted' });
  });
});

describe('a server that allows three connections', () => {
  /** Refuses the greeting while three are open, as Postfix does (`smtpd_client_connection_count_limit`). */
  const allowThree: SmtpScript = {
    onConnect: () =>
      smtp.connections.open > 3 ? { code: 421, message: '4.7.0 too many connections' } : undefined,
  };

  test('is sent everything over three, and nothing is taken for an outage', async () => {
    smtp.script = allowThree;
    const wide = openMailer(smtp.url, {}, 20);
    expect((await send(wide)).kind).toBe('sent');
    const ends = await Promise.all(Array.from({ length: 100 }, () => send(wide)));
    expect(new Set(ends.map(({ kind }) => kind))).toEqual(new Set(['sent']));
    wide.close();
  });
});
