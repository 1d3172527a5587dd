import { postfixConfig, startWire } from '@backend-jobs/local-services';
import { describe, expect, onTestFinished } from 'vitest';
import { addresses, signUpAll, statusesOfAll, untilSent } from './support/deliveries.ts';
import { testWith, troubles, workWith } from './support/mail-service.ts';
import { notLoopback, urlWith } from './support/url-with.ts';

const user = 'mailer';
const password = 'swordfish';
const test = testWith(postfixConfig.passwordsInClear({ [user]: password }));

describe('where STARTTLS was taken out on the way', () => {
  test.for([
    ['a password', { host: notLoopback }, {}],
    [
      'a password, even on this machine, when TLS is required',
      { host: '127.0.0.1' },
      { SMTP_TLS: 'required' },
    ],
  ] as const)('the worker says no %s, and nobody fails', async ([, { host }, env], { service }) => {
    const { world, postfix } = service;
    const wire = await startWire(postfix.port);
    onTestFinished(() => wire.stop());
    let said = '';
    wire.watch = ({ direction, text }) => {
      if (direction === 'request') said += text;
      return true;
    };
    const url = urlWith(postfix, { user, password, host, port: wire.port });
    const logged = await workWith(world, { SMTP_URL: url, ...env });
    const ids = await signUpAll(world, addresses(`stripped-${host.length}`, 5));
    await expect.poll(() => troubles(logged()).length > 0 || /AUTH|MAIL/.test(said)).toBe(true);
    expect(said).not.toMatch(/AUTH|MAIL/);
    await expect.poll(() => troubles(logged()).join()).toContain('TLS'); // the cause
    expect(await statusesOfAll(world, ids)).not.toHaveProperty('failed');
    expect(said).toContain('EHLO');
    expect(said).not.toMatch(/AUTH|MAIL/);
    expect(troubles(logged()).length).toBeLessThanOrEqual(5);

    // On this machine a password may go in clear, unless TLS is required.
    await workWith(world, { SMTP_URL: urlWith(postfix, { user, password }) });
    await untilSent(world, ids);
  });
});
