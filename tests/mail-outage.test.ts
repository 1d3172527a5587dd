import { describe, expect } from 'vitest';
import { keyedTest as test } from './support/world.ts';

describe('while the mail server is down', () => {
  test('users are made within 2 s, and are mailed once each within 15 s of its return', async ({ world }) => {
    await world.smtp.stop();
    const ids = await world.signUpMany(50, 'outage');
    const count = async (is: (signUp: Awaited<ReturnType<typeof world.find>>) => boolean) =>
      (await world.findAll(ids)).filter(is).length;
    await expect.poll(() => count(({ status }) => status === 'created'), { timeout: 2_000 }).toBe(50);

    await world.smtp.restart();
    await expect
      .poll(() => count((user) => user.welcomeEmail?.status === 'sent'), { timeout: 15_000 })
      .toBe(50);
    expect(new Set(world.smtp.messages.flatMap(({ to }) => to)).size).toBe(50);
    expect(world.smtp.messages).toHaveLength(50);
  });

  test('no attempt is spent', async ({ world }) => {
    await world.signUp('before.the.outage@example.com');
    await expect.poll(() => world.smtp.to('before.the.outage@example.com')).toHaveLength(1);
    await world.smtp.stop();
    const ids = await world.signUpMany(5, 'unspent');
    await expect.poll(() => world.log.match(/ECONNREFUSED/g)?.length ?? 0).toBeGreaterThan(0);
    await world.smtp.restart();
    for (const id of ids) {
      await expect
        .poll(() => world.find(id))
        .toMatchObject({ welcomeEmail: { status: 'sent', attempts: 1 } });
    }
  });
});
