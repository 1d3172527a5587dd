import { type SmtpServer, startSmtpServer } from '@backend-jobs/local-services';
import { afterEach, describe, expect, test } from 'vitest';
import type { SmtpSettings } from '../src/mail/smtp-settings.ts';
import { openMailer, send } from './support/mail.ts';

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.stop();
});

const start = async (options: Parameters<typeof startSmtpServer>[0]): Promise<SmtpServer> => {
  const smtp = await startSmtpServer(options);
  opened.push(smtp);
  return smtp;
};

const sendOnce = async (smtp: SmtpServer, settings: Partial<SmtpSettings> = {}) => {
  const mailer = openMailer(smtp, settings);
  const end = await send(mailer);
  mailer.close();
  return end;
};

const tls = (more: Partial<SmtpSettings['tls']>): SmtpSettings['tls'] => ({
  use: 'always',
  isVerified: true,
  ca: undefined,
  serverName: undefined,
  ...more,
});
const auth = { user: 'me@example.com', password: 'p@ss:/word' };

describe('a self-signed certificate', () => {
  test('is taken where TLS is only offered', async () => {
    const smtp = await start({ tls: 'starttls' });
    let secure = false;
    smtp.script = {
      onMailFrom: (_address, dialogue) => {
        secure = dialogue.secure;
      },
    };
    expect((await sendOnce(smtp)).kind).toBe('sent');
    expect(secure).toBe(true);
  });

  test.for(['starttls', 'implicit'] as const)('is refused where it has to be verified (%s)', async (kind) => {
    const smtp = await start({ tls: kind });
    const end = await sendOnce(smtp, { tls: tls({}) });
    expect(end).toMatchObject({ kind: 'unavailable', reason: expect.stringMatching(/certificate/i) });
    expect(smtp.messages).toHaveLength(0);
  });

  test('is taken where the operator has said so', async () => {
    const smtp = await start({ tls: 'implicit' });
    expect((await sendOnce(smtp, { tls: tls({ isVerified: false }) })).kind).toBe('sent');
  });
});

describe('a server without TLS', () => {
  test('gets no mail where TLS is required', async () => {
    const smtp = await start({});
    expect((await sendOnce(smtp, { tls: tls({}) })).kind).toBe('unavailable');
    expect(smtp.messages).toHaveLength(0);
  });

  test('gets mail where TLS is only offered', async () => {
    expect((await sendOnce(await start({}))).kind).toBe('sent');
  });
});

describe('credentials', () => {
  test('log in', async () => {
    const smtp = await start({ auth });
    expect((await sendOnce(smtp, { auth })).kind).toBe('sent');
    const wrong = await sendOnce(smtp, { auth: { ...auth, password: 'wrong' } });
    expect(wrong.kind).toBe('unavailable');
    expect(JSON.stringify(wrong)).not.toContain('wrong');
  });

  test('are not passed over in silence by a server that asks for none', async () => {
    const end = await sendOnce(await start({}), { auth });
    expect(end).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('does not offer AUTH'),
    });
  });
});
