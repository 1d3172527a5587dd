import { postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { addresses, timeDelivery, untilOneCopyEach, untilSent } from './support/deliveries.ts';
import { testWith, troubles } from './support/mail-service.ts';

const test = testWith(postfixConfig.plain);

describe('a Postfix with the settings of Debian', () => {
  test('gets each message once, at the first try, and nothing is logged', async ({ service }) => {
    const emails = addresses('plain', 300);
    const { ids } = await timeDelivery(service, emails);
    await untilOneCopyEach(service.postfix, emails);
    const signUps = await untilSent(service.world, ids);
    expect(new Set(signUps.map(({ welcomeEmail }) => welcomeEmail?.attempts))).toEqual(new Set([1]));
    expect(troubles(service.world.log)).toEqual([]);
  });
});
