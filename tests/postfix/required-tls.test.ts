import { postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { addresses, receivedHeader, signUpAll, statusesOfAll, untilSent } from './support/deliveries.ts';
import { type MailService, testWith, troubles, workWith } from './support/mail-service.ts';
import { notLoopback, urlWith } from './support/url-with.ts';

const user = 'mailer';
const password = 'se/cret:1@%';
const test = testWith(postfixConfig.requiredTls({ [user]: password }));

const settings = ({ postfix }: MailService) => ({
  SMTP_URL: urlWith(postfix, { user, password, host: notLoopback }),
  SMTP_CA_FILE: postfix.caFile,
  SMTP_TLS_SERVERNAME: postfixConfig.postfixHostname,
});

describe('a Postfix that takes mail over TLS only, and from its users', () => {
  test('is mailed by a worker that knows its authority, its name and a password', async ({ service }) => {
    const { world, postfix } = service;
    await workWith(world, settings(service));
    await untilSent(world, [await world.signUp('ada@first.example')]);
    const received = await receivedHeader(postfix, 'ada@first.example');
    expect(received).toContain('using TLSv1.3');
    expect(received).toContain(`Authenticated sender: ${user}`);
  });

  test.for([
    ['its authority is not known', 'authority', 'SMTP_CA_FILE', '', /certificate/i],
    ['its certificate is for another name', 'name', 'SMTP_TLS_SERVERNAME', '', /altnames|name/i],
    ['the password is wrong', 'password', 'SMTP_URL', 'wrong', /535/],
  ] as const)(
    'nobody is mailed and nobody fails while %s',
    async ([, tag, setting, value, cause], { service }) => {
      const { world, postfix } = service;
      const { [setting]: _, ...others } = settings(service);
      const changed = value && { SMTP_URL: urlWith(postfix, { user, password: value, host: notLoopback }) };
      const logged = await workWith(world, { ...others, ...changed });
      const before = (await postfix.log()).length;
      const ids = await signUpAll(world, addresses(tag, 5));
      await expect.poll(() => troubles(logged()).join('\n')).toMatch(cause);
      expect(await statusesOfAll(world, ids)).not.toHaveProperty('failed');
      expect(troubles(logged()).length).toBeLessThanOrEqual(5);
      expect(world.log).not.toContain(password);
      // A password goes to a server that was verified, and to no other.
      const since = async () => (await postfix.log()).slice(before);
      await expect.poll(since).toContain('disconnect from');
      if (!value) expect(await since()).not.toContain('auth=');

      await workWith(world, settings(service));
      await untilSent(world, ids);
    },
  );
});
