import { postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { addresses, timeDelivery, untilOneCopyEach, untilSent } from './support/deliveries.ts';
import { testWith, troubles, workWith } from './support/mail-service.ts';

const test = testWith(postfixConfig.connectionLimit(3));

describe('a Postfix that takes three connections from a client', () => {
  test('gets the mail as fast from a worker that wants twenty', async ({ service }) => {
    await workWith(service.world, { EMAILS_CONCURRENCY: '3' });
    const withThree = await timeDelivery(service, addresses('three', 300));
    const logged = await workWith(service.world, { EMAILS_CONCURRENCY: '20' });
    const emails = addresses('twenty', 300);
    const withTwenty = await timeDelivery(service, emails, { withinMs: 3 * withThree.tookMs });
    await untilOneCopyEach(service.postfix, emails);
    const signUps = await untilSent(service.world, withTwenty.ids);
    expect(new Set(signUps.map(({ welcomeEmail }) => welcomeEmail?.attempts))).toEqual(new Set([1]));
    const lines = troubles(logged());
    expect(lines.join('\n')).toContain('too many connections');
    expect(lines.length).toBeLessThanOrEqual(5);
  });
});
