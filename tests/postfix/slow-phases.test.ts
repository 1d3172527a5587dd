import { postfixConfig } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { copies, signUpAll } from './support/deliveries.ts';
import { describe, type MailService, test } from './support/mail-service.ts';

/** Longer than a hurried client waits, and far below the minutes that RFC 5321, 4.5.3.2 gives each phase. */
const slowS = 11;

const expectOneCopyEach = async ({ world, postfix }: MailService, emails: string[]) => {
  const ids = await signUpAll(world, emails);
  const outcomes = async () => (await world.findAll(ids)).map(({ welcomeEmail }) => welcomeEmail);
  const sentAtOnce = emails.map(() => expect.objectContaining({ status: 'sent', attempts: 1 }));
  await expect.poll(outcomes, { interval: 250 }).toEqual(sentAtOnce);
  expect(copies(postfix, emails)).toEqual(emails.map(() => 1));
};

describe.concurrent('a Postfix that takes its time is mailed once, at the first try', () => {
  test('with its greeting and its answer to MAIL', async ({ open }) => {
    const service = await open(postfixConfig.slowToGreet({ greeting: 8, mail: slowS }));
    await expectOneCopyEach(service, ['a@first.example', 'b@second.example']);
  });

  test('with its answers to RCPT and DATA', async ({ open }) => {
    const service = await open(postfixConfig.slowToAnswer(slowS));
    await expectOneCopyEach(service, ['rcpt.a@first.example', 'data.b@second.example']);
  });

  test('with its answer to the final dot, because of a filter before the queue', async ({ open }) => {
    const service = await open(postfixConfig.proxyFilter);
    service.postfix.sink.script = { onFinalDot: () => 12_000 };
    await expectOneCopyEach(service, ['a@first.example', 'b@second.example']);
  });

  test('and does not keep a worker from stopping in time', async ({ open }) => {
    const { world, postfix } = await open(postfixConfig.proxyFilter);
    postfix.sink.script = { onFinalDot: () => 60_000 };
    await world.signUp('a@first.example');
    await expect.poll(() => postfix.delivered()).toHaveLength(1);
    const worker = world.workers[0];
    await worker?.stop(20_000);
    expect(await worker?.exited).toBe(0); // by itself, within SHUTDOWN_TIMEOUT
  });
});
