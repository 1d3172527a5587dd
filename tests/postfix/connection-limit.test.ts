import { postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { addresses, timeDelivery, untilOneCopyEach, untilSent } from './support/deliveries.ts';
import { type MailService, test, troubles } from './support/mail-service.ts';

describe('a Postfix that takes three connections from a client', () => {
  test('gets the mail as fast from a worker that wants twenty', async ({ open }) => {
    // At the same time: what else the machine does holds up both.
    const [service, other] = (await Promise.all(
      ['20', '3'].map((concurrency) =>
        open(postfixConfig.connectionLimit(3), { EMAILS_CONCURRENCY: concurrency }),
      ),
    )) as [MailService, MailService];
    const emails = addresses('twenty', 300);
    const [withTwenty, withThree] = await Promise.all([
      timeDelivery(service, emails),
      timeDelivery(other, addresses('three', 300)),
    ]);
    expect(withTwenty.tookMs).toBeLessThanOrEqual(3 * withThree.tookMs);
    await untilOneCopyEach(service.postfix, emails);
    const signUps = await untilSent(service.world, withTwenty.ids);
    expect(new Set(signUps.map(({ welcomeEmail }) => welcomeEmail?.attempts))).toEqual(new Set([1]));
    const lines = troubles(service.world.log);
    expect(lines.join('\n')).toContain('too many connections');
    expect(lines.length).toBeLessThanOrEqual(5);
  });
});
