import { postfixConfig } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { addresses, copies, countStatuses, signUpAll, untilSent } from './support/deliveries.ts';
import { describe, test, troubles } from './support/mail-service.ts';

describe.concurrent('while Postfix relays for nobody', () => {
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
      await expect.poll(async () => (await countStatuses(world, ids)).none ?? 0).toBe(0);
      const seen = await refusals();
      await expect.poll(refusals).toBeGreaterThan(Math.max(seen, 2)); // it is still tried
      const statuses = Object.keys(await countStatuses(world, ids));
      expect(statuses.filter((status) => !['pending', 'sending'].includes(status))).toEqual([]);
      const lines = troubles(world.log);
      expect(lines.join('\n')).toContain(code);
      expect(lines.join('\n')).toContain('Relay access denied');
      expect(lines.length).toBeLessThanOrEqual(10);

      await postfix.reload(postfixConfig.plain);
      await untilSent(world, ids);
      expect(new Set(copies(postfix, emails))).toEqual(new Set([1]));
    },
  );
});
