import { postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { addresses, receivedHeader, signUpAll, statusesOfAll, untilSent } from './support/deliveries.ts';
import { testWith, troubles, workWith } from './support/mail-service.ts';

const test = testWith(postfixConfig.heloChecks);
const shop = { MAIL_FROM: 'Shop <hello@shop.example>' };

describe('to a Postfix that checks the name a client gives, the worker says', () => {
  test('the domain of MAIL_FROM, on a host of any name', async ({ service }) => {
    await workWith(service.world, shop);
    await untilSent(service.world, [await service.world.signUp('ada@first.example')]);
    expect(await receivedHeader(service.postfix, 'ada@first.example')).toMatch(/^from shop\.example /);
  });

  test('the name that SMTP_EHLO_NAME is', async ({ service }) => {
    await workWith(service.world, { ...shop, SMTP_EHLO_NAME: 'worker.shop.example' });
    await untilSent(service.world, [await service.world.signUp('bob@first.example')]);
    expect(await receivedHeader(service.postfix, 'bob@first.example')).toMatch(
      /^from worker\.shop\.example /,
    );
  });

  test('a name that is refused fails nobody: all wait until it is another', async ({ service }) => {
    const { world, postfix } = service;
    const logged = await workWith(world, { ...shop, SMTP_EHLO_NAME: 'unwanted.shop.example' });
    const ids = await signUpAll(world, addresses('helo', 10));
    const refusals = async () => (await postfix.log()).match(/NOQUEUE: reject: .*Unwanted/g)?.length ?? 0;
    await expect.poll(refusals).toBeGreaterThan(3);
    await expect.poll(() => troubles(logged()).join('\n')).toContain('Helo command rejected');
    expect(await statusesOfAll(world, ids)).not.toHaveProperty('failed');
    expect(troubles(logged()).length).toBeLessThanOrEqual(10);

    await workWith(world, shop);
    await untilSent(world, ids);
  });
});
