import { postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { addresses, timeDelivery, untilOneCopyEach, untilSent } from './support/deliveries.ts';
import { testWith, troubles } from './support/mail-service.ts';

const test = testWith(postfixConfig.postscreen);
const greetingDelayMs = 6_000;

describe('a Postfix whose postscreen lets strangers wait for its greeting', () => {
  test('gets each message once, and is waited for no more than a few greetings', async ({ service }) => {
    const { world, postfix } = service;
    const emails = addresses('stranger', 60);
    const asStranger = await timeDelivery(service, emails, { withinMs: 30_000 });
    await untilOneCopyEach(postfix, emails);
    const signUps = await untilSent(world, asStranger.ids);
    expect(new Set(signUps.map(({ welcomeEmail }) => welcomeEmail?.attempts))).toEqual(new Set([1]));

    // From then on postscreen knows this client, and lets it pass at once: the plain run.
    const known = await timeDelivery(service, addresses('known', 60));
    expect(asStranger.tookMs).toBeLessThanOrEqual(known.tookMs + 3 * greetingDelayMs);
    expect(await postfix.log()).toContain('PASS NEW');
    expect(troubles(world.log)).toEqual([]);
  });
});
