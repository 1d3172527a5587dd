import { once } from 'node:events';
import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freePort, isPortFree, startMailbox } from '../src/index.ts';

// Maildev takes seconds to load, and many on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

test('it receives mail and shows it, until it is stopped', async () => {
  const mailbox = await startMailbox();
  onTestFinished(() => mailbox.stop());
  await createTransport(mailbox.smtpUrl).sendMail({
    from: 'service@example.com',
    to: 'ada@example.com',
    subject: 'Welcome',
    text: 'Hello',
  });
  const shown = async () => (await fetch(`${mailbox.webUrl}/api/email`)).json();
  await expect.poll(shown).toMatchObject([{ subject: 'Welcome', text: expect.stringContaining('Hello') }]);
});

test('it stops at once, even while a client is connected, and frees its ports', async () => {
  const ports = { smtpPort: await freePort(), webPort: await freePort() };
  const mailbox = await startMailbox(ports);
  const client = connect(ports.smtpPort, '127.0.0.1').on('error', () => {});
  onTestFinished(() => void client.destroy());
  await once(client, 'data');
  const startedAt = Date.now();
  await mailbox.stop();
  expect(Date.now() - startedAt).toBeLessThan(15_000); // maildev by itself waits for 30 s
  expect(await Promise.all([isPortFree(ports.smtpPort), isPortFree(ports.webPort)])).toEqual([true, true]);
});

test('a start that fails says why', async () => {
  const first = await startMailbox({ webPort: await freePort() });
  onTestFinished(() => first.stop());
  const webPort = Number(new URL(first.webUrl).port);
  await expect(startMailbox({ webPort })).rejects.toThrow('EADDRINUSE');
});
