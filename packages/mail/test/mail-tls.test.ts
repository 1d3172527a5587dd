import { type SmtpServer, type SmtpServerOptions, startSmtpServer } from '@backend-jobs/local-services';
import { afterEach, describe, expect, test } from 'vitest';
import { openMailer, send } from './support/mail.ts';

const opened: SmtpServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.stop();
});

const start = async (options: SmtpServerOptions = {}): Promise<SmtpServer> => {
  const server = await startSmtpServer(options);
  opened.push(server);
  return server;
};

const sendOnce = async (smtpUrl: string, environment: Record<string, string> = {}) => {
  const mailer = openMailer(smtpUrl, environment);
  const end = await send(mailer);
  mailer.close();
  return end;
};

describe('a server whose certificate nobody signed', () => {
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
  test.for(cases)('gets mail by SMTP_TLS=$mode to $server: $result', async (the) => {
    const server = await start(the.server);
    let result = 'not sent';
    server.script = {
      onMailFrom: (_address, { secure }) => {
        result = secure ? 'in TLS' : 'in clear';
        return undefined;
      },
    };
    const { kind } = await sendOnce(server.url, { SMTP_TLS: the.mode });
    expect({ kind, result }).toEqual({
      kind: the.result === 'not sent' ? 'unavailable' : 'sent',
      result: the.result,
    });
  });

  test('is refused with words about the certificate', async () => {
    const end = await sendOnce((await start({ tls: 'implicit' })).url);
    expect(end).toMatchObject({ kind: 'unavailable', reason: expect.stringMatching(/certificate/i) });
  });
});

describe('credentials', () => {
  test('log in, and are in no message when they are wrong', async () => {
    const server = await start({ auth: { user: 'me@example.com', password: 'p@ss:/word' } });
    expect((await sendOnce(server.url)).kind).toBe('sent');
    const end = await sendOnce(server.url.replace('p%40ss', 'wrong'));
    expect(end.kind).toBe('unavailable');
    expect(JSON.stringify(end)).not.toContain('wrong');
  });

  test('are not passed over in silence by a server that asks for none', async () => {
    const server = await start();
    const end = await sendOnce(server.url.replace('//', '//me:secret@'));
    expect(end).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('does not offer AUTH'),
    });
  });
});
