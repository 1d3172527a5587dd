import { appMain, runProgram, type SmtpServerOptions, startSmtpServer } from '@backend-jobs/local-services';
import { describe, expect, onTestFinished, test } from 'vitest';

const examine = (env: Record<string, string>, ...more: string[]) =>
  runProgram(appMain('doctor'), { MAIL_FROM: 'Us <us@example.com>', ...env }, [
    '--mail',
    'ada@example.com',
    ...more,
  ]);

const start = async (options: SmtpServerOptions = {}) => {
  const smtp = await startSmtpServer(options);
  onTestFinished(() => smtp.stop());
  return smtp;
};

describe('a mail server that works', () => {
  test('is described step by step, and gets no message unless it is asked to', async () => {
    const smtp = await start({ tls: 'starttls', auth: { user: 'me', password: 'p@ss/word' } });
    const { code, output } = await examine({ SMTP_URL: smtp.url });
    expect(code).toBe(0);
    expect(output).toMatch(/^ok {6}name +127\.0\.0\.1 is an address$/m);
    expect(output).toMatch(/^ok {6}greeting +after \d+\.\d s: 220 /m);
    expect(output).toMatch(/^ok {6}EHLO +as example\.com; the server offers .*AUTH/m);
    expect(output).toMatch(/^ok {6}TLS +TLSv1\.\d, certificate not verified/m);
    expect(output).toMatch(/^ok {6}login +as me$/m);
    expect(output).toMatch(/^ok {6}sending +not tried/m);
    expect(output).not.toContain('p@ss');
    expect(smtp.messages).toHaveLength(0);
  });

  test('gets one welcome email by --send', async () => {
    const smtp = await start();
    const { code } = await examine({ SMTP_URL: smtp.url }, '--send');
    expect(code).toBe(0);
    expect(smtp.to('ada@example.com')).toHaveLength(1);
  });
});

describe('a step that fails ends with code 1, and says what to change', () => {
  test('a host that does not exist', async () => {
    const { code, output } = await examine({ SMTP_URL: 'smtp://nowhere.invalid:25' });
    expect(code).toBe(1);
    expect(output).toMatch(/^FAILED {2}name .*\n +Check the host in SMTP_URL/m);
  });

  test('a port where nobody listens', async () => {
    const { code, output } = await examine({ SMTP_URL: 'smtp://127.0.0.1:1' });
    expect(code).toBe(1);
    expect(output).toMatch(/^FAILED {2}connection .*ECONNREFUSED.*\n +Check host and port/m);
  });

  test('a greeting that refuses', async () => {
    const smtp = await start({ script: { onConnect: () => ({ code: 554, message: 'no' }) } });
    const { code, output } = await examine({ SMTP_URL: smtp.url });
    expect(code).toBe(1);
    expect(output).toMatch(/^FAILED {2}greeting .*554/m);
  });

  test('a certificate that nobody signed', async () => {
    const smtp = await start({ tls: 'starttls' });
    const { code, output } = await examine({ SMTP_URL: smtp.url, SMTP_TLS: 'required' });
    expect(code).toBe(1);
    expect(output).toMatch(/^FAILED {2}TLS .*certificate.*\n +For a private CA set SMTP_CA_FILE/im);
  });

  test('a wrong password, which is not printed', async () => {
    const smtp = await start({ auth: { user: 'me', password: 'right' } });
    const { code, output } = await examine({ SMTP_URL: smtp.url.replace('right', 'mistaken') });
    expect(code).toBe(1);
    expect(output).toMatch(/^FAILED {2}login .*535/m);
    expect(output).not.toContain('mistaken');
    expect(output).not.toContain(Buffer.from('mistaken').toString('base64'));
  });

  test('a relay that does not relay', async () => {
    const smtp = await start({
      script: { onRcptTo: () => ({ code: 554, message: '5.7.1 <ada@example.com>: Relay access denied' }) },
    });
    const { code, output } = await examine({ SMTP_URL: smtp.url }, '--send');
    expect(code).toBe(1);
    expect(output).toMatch(
      /^FAILED {2}sending +suspect: 554 5\.7\.1 <…>: Relay access denied\n +The server refuses/m,
    );
  });
});

test.for([['--mail'], ['--mail', 'nobody'], ['--send'], ['--else']])(
  'called with %o it says how it is used',
  async (args) => {
    const { code, output } = await runProgram(appMain('doctor'), {}, args);
    expect(code).toBe(2);
    expect(output).toMatch(/^Usage: npm run doctor/);
  },
);
