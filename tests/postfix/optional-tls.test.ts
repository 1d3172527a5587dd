import { type Postfix, postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { addresses, receivedHeader, signUpAll, statusesOfAll, untilSent } from './support/deliveries.ts';
import { testWith, troubles, workWith } from './support/mail-service.ts';

const test = testWith(postfixConfig.optionalTls);

/** Whether Postfix says that this message came to it over TLS. */
const cameByTls = async (postfix: Postfix, email: string): Promise<boolean> =>
  /using TLSv1/.test(await receivedHeader(postfix, email));

describe('a Postfix with optional STARTTLS and a certificate that nobody can verify', () => {
  test('is mailed over TLS, and the log says once that it was not verified', async ({
    service: { world, postfix },
  }) => {
    const logged = await workWith(world, { LOG_LEVEL: 'info' });
    const emails = addresses('auto', 5);
    await untilSent(world, await signUpAll(world, emails));
    expect(await Promise.all(emails.map((email) => cameByTls(postfix, email)))).not.toContain(false);
    const lines = logged()
      .split('\n')
      .filter((line) => /unverified|not verified|self-signed/i.test(line));
    expect(lines).toHaveLength(1);
  });

  test('is mailed without TLS under SMTP_TLS=off', async ({ service: { world, postfix } }) => {
    await workWith(world, { SMTP_TLS: 'off' });
    await untilSent(world, [await world.signUp('off@first.example')]);
    expect(await cameByTls(postfix, 'off@first.example')).toBe(false);
  });

  test('is not mailed under SMTP_TLS=required, until it can be verified', async ({
    service: { world, postfix },
  }) => {
    const logged = await workWith(world, { SMTP_TLS: 'required' });
    const emails = addresses('required', 5);
    const ids = await signUpAll(world, emails);
    await expect.poll(() => troubles(logged()).join('\n')).toMatch(/certificate|self-signed/i);
    expect(await statusesOfAll(world, ids)).not.toHaveProperty('failed');
    expect(postfix.sink.to(emails[0] as string)).toEqual([]);
    expect(troubles(logged()).length).toBeLessThanOrEqual(5);

    await workWith(world, {
      SMTP_TLS: 'required',
      SMTP_CA_FILE: postfix.certificateFile,
      SMTP_TLS_SERVERNAME: postfixConfig.postfixHostname,
    });
    await untilSent(world, ids);
    expect(await Promise.all(emails.map((email) => cameByTls(postfix, email)))).not.toContain(false);
  });

  test('is mailed over TLS under SMTP_TLS=unverified', async ({ service: { world, postfix } }) => {
    await workWith(world, { SMTP_TLS: 'unverified' });
    await untilSent(world, [await world.signUp('unverified@first.example')]);
    expect(await cameByTls(postfix, 'unverified@first.example')).toBe(true);
  });
});
