import {
  type SmtpScript,
  type SmtpServer,
  type SmtpServerOptions,
  startSmtpServer,
} from '@backend-jobs/local-services';
import { readEnvironment } from '@backend-jobs/runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMailer, type Mailer, type Message } from '../src/mail/mailer.ts';
import { smtp as smtpVariables } from '../src/mail/smtp-settings.ts';

const message: Message = {
  from: 'us@example.com',
  to: 'ada@example.com',
  messageId: '<1@example.com>',
  raw: 'Subject: Hello\r\n\r\nHello\r\n.\r\nand bye\r\n',
};

/** A mailer as a worker with this environment has it. */
const mailerFor = (SMTP_URL: string, environment: Record<string, string> = {}): Mailer => {
  const { smtp } = readEnvironment({ smtp: smtpVariables }, { SMTP_URL, ...environment });
  return createMailer({ smtp, maxConnections: 2 });
};

let smtp: SmtpServer;
let mailer: Mailer;

beforeEach(async () => {
  smtp = await startSmtpServer();
  mailer = mailerFor(smtp.url);
});
afterEach(async () => {
  mailer.close();
  await smtp.stop();
});

describe('what the server says', () => {
  const cases: { title: string; script: SmtpScript; kind: string }[] = [
    {
      title: '550 to the recipient',
      script: { onRcptTo: () => ({ code: 550, message: 'unknown' }) },
      kind: 'refused',
    },
    {
      title: '554 to the message',
      script: { onFinalDot: () => ({ code: 554, message: 'spam' }) },
      kind: 'refused',
    },
    {
      title: '450 to the recipient',
      script: { onRcptTo: () => ({ code: 450, message: 'busy' }) },
      kind: 'deferred',
    },
    {
      title: '451 to the message',
      script: { onFinalDot: () => ({ code: 451, message: 'later' }) },
      kind: 'deferred',
    },
    {
      title: '421 to the recipient',
      script: { onRcptTo: () => ({ code: 421, message: 'bye' }) },
      kind: 'unavailable',
    },
    {
      title: '554 instead of a greeting',
      script: { onConnect: () => ({ code: 554, message: 'no' }) },
      kind: 'unavailable',
    },
    {
      title: '550 to the sender',
      script: { onMailFrom: () => ({ code: 550, message: 'no' }) },
      kind: 'unavailable',
    },
    { title: 'a line dropped at the greeting', script: { onConnect: () => 'drop' }, kind: 'unavailable' },
    { title: 'a line dropped at the recipient', script: { onRcptTo: () => 'drop' }, kind: 'deferred' },
    { title: 'a line dropped before the message', script: { onData: () => 'drop' }, kind: 'deferred' },
    { title: 'a line dropped after the final dot', script: { onFinalDot: () => 'drop' }, kind: 'uncertain' },
  ];
  test.for(cases)('$title: $kind', async ({ script, kind }) => {
    smtp.script = script;
    expect((await mailer.send(message)).kind).toBe(kind);
  });

  test('no server at all: unavailable', async () => {
    await smtp.stop();
    expect((await mailer.send(message)).kind).toBe('unavailable');
  });

  test('no server any more, after a message that it took: unavailable', async () => {
    await mailer.send(message);
    await smtp.stop();
    expect((await mailer.send(message)).kind).toBe('unavailable');
  });

  test('is passed on in its own words, without the address', async () => {
    smtp.script = { onRcptTo: () => ({ code: 550, message: '5.1.1 <ada@example.com> is not known here' }) };
    expect(await mailer.send(message)).toEqual({
      kind: 'refused',
      reason: '550 5.1.1 <…> is not known here',
    });
  });

  test('about one message does not hold up the next', async () => {
    smtp.script = {
      onRcptTo: (address) => (address.startsWith('ada') ? { code: 550, message: 'no' } : undefined),
    };
    const [ada, bob] = await Promise.all([
      mailer.send(message),
      mailer.send({ ...message, to: 'bob@elsewhere.example' }),
    ]);
    expect([ada.kind, bob.kind]).toEqual(['refused', 'sent']);
  });
});

describe('what goes over the wire', () => {
  test('is the message as it was composed, to the one recipient', async () => {
    await mailer.send(message);
    expect(smtp.messages).toMatchObject([
      { from: 'us@example.com', to: ['ada@example.com'], raw: message.raw },
    ]);
  });

  test('uses a connection again', async () => {
    for (let count = 0; count < 10; count += 1) await mailer.send(message);
    expect(smtp.connections.total).toBe(1);
  });
});

describe('TLS', () => {
  const withLogin = { tls: 'starttls', auth: { user: 'us', password: 'secret' } } as const;
  const cases: { server: SmtpServerOptions; mode: string; result: 'in TLS' | 'in clear' | 'not sent' }[] = [
    { server: { tls: 'none' }, mode: 'auto', result: 'in clear' },
    { server: { tls: 'none' }, mode: 'required', result: 'not sent' },
    { server: { tls: 'none' }, mode: 'unverified', result: 'not sent' },
    { server: { tls: 'starttls' }, mode: 'auto', result: 'in TLS' },
    { server: { tls: 'starttls' }, mode: 'required', result: 'not sent' },
    { server: { tls: 'starttls' }, mode: 'unverified', result: 'in TLS' },
    { server: { tls: 'starttls' }, mode: 'off', result: 'in clear' },
    { server: withLogin, mode: 'auto', result: 'in TLS' },
    { server: { tls: 'implicit' }, mode: 'auto', result: 'not sent' },
    { server: { tls: 'implicit' }, mode: 'unverified', result: 'in TLS' },
  ];
  test.for(cases)('SMTP_TLS=$mode to $server, whose certificate nobody signed: $result', async (the) => {
    const server = await startSmtpServer(the.server);
    let result = 'not sent';
    server.script = {
      onMailFrom: (_address, { secure }) => {
        result = secure ? 'in TLS' : 'in clear';
        return undefined;
      },
    };
    const own = mailerFor(server.url, { SMTP_TLS: the.mode });
    const { kind } = await own.send(message);
    expect({ kind, result }).toEqual({
      kind: the.result === 'not sent' ? 'unavailable' : 'sent',
      result: the.result,
    });
    own.close();
    await server.stop();
  });
});

describe('the URL', () => {
  test('smtps:// speaks TLS from the first byte, and needs a certificate that can be trusted', async () => {
    const tls = await startSmtpServer({ tls: 'implicit' });
    const secure = mailerFor(tls.url);
    const outcome = await secure.send(message);
    expect(outcome).toMatchObject({ kind: 'unavailable', reason: expect.stringMatching(/certificate/i) });
    secure.close();
    await tls.stop();
  });

  test('?requireTLS=true sends nothing over a line that can not be encrypted', async () => {
    const insisting = mailerFor(`${smtp.url}?requireTLS=true`);
    expect((await insisting.send(message)).kind).toBe('unavailable');
    expect(smtp.messages).toHaveLength(0);
    insisting.close();
  });

  test('carries user and password, in their encoded form', async () => {
    const closed = await startSmtpServer({ auth: { user: 'me@example.com', password: 'p@ss:/word' } });
    const known = mailerFor(closed.url);
    await known.send(message);
    expect(closed.messages).toHaveLength(1);
    const stranger = mailerFor(closed.url.replace('p%40ss', 'wrong'));
    expect((await stranger.send(message)).kind).toBe('unavailable');
    known.close();
    stranger.close();
    await closed.stop();
  });
});
