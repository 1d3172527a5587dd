import { postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { addresses, signUpAll, statusesOfAll, untilOneCopyEach, untilSent } from './support/deliveries.ts';
import { testWith, troubles } from './support/mail-service.ts';

const test = testWith(postfixConfig.greylisting(3));

describe('a Postfix that greylists', () => {
  test('gets each message once, at a later try, and nobody fails', async ({
    service: { world, postfix },
  }) => {
    const emails = addresses('grey', 40);
    const ids = await signUpAll(world, emails);
    await expect.poll(async () => (await postfix.log()).includes('Greylisted')).toBe(true);
    expect(await statusesOfAll(world, ids)).not.toHaveProperty('failed');
    await untilSent(world, ids);
    await untilOneCopyEach(postfix, emails);
    const lines = troubles(world.log);
    expect(lines.join('\n')).toContain('Greylisted');
    expect(lines.length).toBeLessThanOrEqual(5);
  });
});
