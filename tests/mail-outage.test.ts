import { describe, expect } from 'vitest';
import { type SignUp, keyedTest as test } from './support/world.ts';

describe('while the mail server is down', () => {
  test('users are made at most 2 s later than else, and are mailed once each within 15 s of its return', async ({
    world,
  }) => {
    const count = async (ids: string[], is: (signUp: SignUp) => boolean) =>
      (await world.findAll(ids)).filter(is).length;
    const make = async (tag: string) => {
      const startedAt = performance.now();
      const ids = await world.signUpMany(50, tag);
      await expect.poll(() => count(ids, ({ status }) => status === 'created')).toBe(50);
      return { ids, tookMs: performance.now() - startedAt };
    };
    const usual = await make('usual');
    await expect.poll(() => world.smtp.messages).toHaveLength(50);
    await world.smtp.stop();
    const { ids, tookMs } = await make('outage');
    expect(tookMs).toBeLessThan(usual.tookMs + 2_000);

    await world.smtp.restart();
    await expect
      .poll(() => count(ids, (user) => user.welcomeEmail?.status === 'sent'), { timeout: 15_000 })
      .toBe(50);
    const mailed = world.smtp.messages.flatMap(({ to }) => to).filter((email) => email.startsWith('outage.'));
    expect(new Set(mailed).size).toBe(50);
    expect(mailed).toHaveLength(50);
  });

  test('no attempt is spent', async ({ world }) => {
    await world.signUp('before.the.outage@example.com');
    await expect.poll(() => world.smtp.to('before.the.outage@example.com')).toHaveLength(1);
    await world.smtp.stop();
    const before = world.log.length;
    const ids = await world.signUpMany(5, 'unspent');
    await expect.poll(() => world.log.slice(before)).toContain('ECONNREFUSED');
    await world.smtp.restart();
    for (const id of ids) {
      await expect
        .poll(() => world.find(id))
        .toMatchObject({ welcomeEmail: { status: 'sent', attempts: 1 } });
    }
  });
});
