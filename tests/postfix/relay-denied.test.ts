import { postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { addresses, signUpAll, statusesOfAll, untilOneCopyEach, untilSent } from './support/deliveries.ts';
import { test, troubles } from './support/mail-service.ts';

describe('while Postfix relays for nobody', () => {
  test.for([
    ['reject', '554 5.7.1'],
    ['defer', '454 4.7.1'],
  ] as const)(
    'nobody fails and all wait, and are mailed once it relays again (%s)',
    async ([how, code], { open }) => {
      const { world, postfix } = await open(postfixConfig.relayDenied(how));
      const emails = addresses('denied', 60);
      const ids = await signUpAll(world, emails);
      const refusals = async () =>
        (await postfix.log()).match(/NOQUEUE: reject: .*Relay access denied/g)?.length ?? 0;
      await expect.poll(refusals).toBeGreaterThanOrEqual(40);
      const statuses = Object.keys(await statusesOfAll(world, ids));
      expect(statuses.filter((status) => !['pending', 'sending'].includes(status))).toEqual([]);
      const lines = troubles(world.log);
      expect(lines.join('\n')).toContain(`${code} <…>: Relay access denied`);
      expect.soft(lines.filter((line) => line.includes('no mail can be sent'))).toHaveLength(1);
      expect.soft(lines.length, 'lines for 40 refusals').toBeLessThanOrEqual(20);

      await postfix.reload(postfixConfig.plain);
      await untilSent(world, ids);
      await untilOneCopyEach(postfix, emails);
    },
  );
});
