import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postfixConfig, startSmtpServer, writeCertificate } from '@backend-jobs/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMailer, send } from './support/mail.ts';

const name = postfixConfig.postfixHostname;
const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
beforeAll(() => writeCertificate('own-ca', name, folder));
afterAll(() => rmSync(folder, { recursive: true }));

/** What became of one message, and whether the server was told whom it is from. */
const sendTo = async (tls: 'starttls' | 'implicit', environment: Record<string, string>) => {
  const certificate = { key: read('key.pem'), cert: read('certificate.pem') };
  let isSenderTold = false;
  const onMailFrom = () => {
    isSenderTold = true;
    return undefined;
  };
  const server = await startSmtpServer({ tls, certificate, script: { onMailFrom } });
  const mailer = openMailer(server.url, environment);
  const end = await send(mailer);
  mailer.close();
  await server.stop();
  return { ...end, isSenderTold };
};

describe.for(['starttls', 'implicit'] as const)('by %s, a certificate', (tls) => {
  test('is good if a known authority signed it for the name of the server', async () => {
    const environment = { SMTP_CA: read('ca.pem'), SMTP_TLS_SERVERNAME: name };
    expect(await sendTo(tls, environment)).toMatchObject({ kind: 'sent', isSenderTold: true });
  });

  const never = { kind: 'unavailable', isSenderTold: false };

  test('is not good for another name, although a known authority signed it', async () => {
    for (const other of ['mx.evil.example', `x.${name}`, 'postfix.example']) {
      const environment = { SMTP_CA: read('ca.pem'), SMTP_TLS_SERVERNAME: other };
      const end = await sendTo(tls, environment);
      expect(end, other).toMatchObject({ ...never, reason: expect.stringMatching(/altnames/) });
    }
    // By default the name is the host of SMTP_URL.
    expect(await sendTo(tls, { SMTP_CA: read('ca.pem') })).toMatchObject(never);
  });

  test('is not good if nobody known signed it, although the name is right', async () => {
    const environment = { SMTP_TLS: 'required', SMTP_TLS_SERVERNAME: name };
    const end = await sendTo(tls, environment);
    expect(end).toMatchObject({ ...never, reason: expect.stringMatching(/certificate/) });
  });
});
