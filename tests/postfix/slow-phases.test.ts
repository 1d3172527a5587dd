import { postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { signUpAll, untilOneCopyEach } from './support/deliveries.ts';
import { type MailService, test } from './support/mail-service.ts';

/** Longer than a hurried client waits, and far below the minutes that RFC 5321, 4.5.3.2 gives each phase. */
const slowS = 11;

const untilSentAtOnce = async ({ world, postfix }: MailService, emails: string[]): Promise<void> => {
  const ids = await signUpAll(world, emails);
  const outcomes = async () => (await world.findAll(ids)).map(({ welcomeEmail }) => welcomeEmail);
  const sentAtOnce = emails.map(() => expect.objectContaining({ status: 'sent', attempts: 1 }));
  await expect.poll(outcomes, { interval: 250 }).toEqual(sentAtOnce);
  await untilOneCopyEach(postfix, emails);
};

describe('a Postfix that takes its time', () => {
  test('is mailed once, at the first try, in whichever phase it is slow', async ({ open }) => {
    const [slowToGreet, slowToAnswer, filtered] = await Promise.all([
      open(postfixConfig.slowToGreet({ greeting: 8, mail: slowS })),
      open(postfixConfig.slowToAnswer(slowS)),
      open(postfixConfig.proxyFilter),
    ]);
    filtered.postfix.sink.script = { onFinalDot: () => 12_000 };
    await Promise.all([
      untilSentAtOnce(slowToGreet, ['greeting.a@first.example', 'greeting.b@second.example']),
      untilSentAtOnce(slowToAnswer, ['rcpt.a@first.example', 'data.b@second.example']),
      untilSentAtOnce(filtered, ['dot.a@first.example', 'dot.b@second.example']),
    ]);
  });

  test('does not keep a worker from stopping in time', async ({ open }) => {
    const { world, postfix } = await open(postfixConfig.proxyFilter);
    postfix.sink.script = { onFinalDot: () => 60_000 };
    await world.signUp('a@first.example');
    await expect.poll(() => postfix.delivered()).toHaveLength(1);
    const worker = world.workers[0];
    await worker?.stop(20_000);
    expect(await worker?.exited).toBe(0); // by itself, within SHUTDOWN_TIMEOUT
  });
});
