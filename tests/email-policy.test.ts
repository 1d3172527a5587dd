import { describe, expect } from 'vitest';
import { countWelcomed } from './support/load.ts';
import { test } from './support/queues.ts';
import type { World } from './support/world.ts';

/** The next message that is handed over is not answered: the line breaks. */
const dropOnce = (world: World) => {
  world.smtp.script = {
    onFinalDot: () => {
      world.smtp.script = {};
      return 'drop';
    },
  };
};

const workWith = async (world: World, env: Record<string, string>) => {
  await world.workers.pop()?.stop();
  await world.startWorker(env);
};

test.beforeEach(({ world }) => {
  world.smtp.script = {};
});

describe('a message that may be out already', () => {
  test('is sent again under the same Message-ID, and is counted', async ({ world }) => {
    dropOnce(world);
    const id = await world.signUp('again@example.com');
    await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'unknown' } });
    expect(
      (await fetch(`${world.apiUrl}/users/${id}`, { headers: world.credentials })).headers.get('retry-after'),
    ).toBe('1');
    await expect
      .poll(() => world.find(id))
      .toMatchObject({ welcomeEmail: { status: 'sent', attempts: 2, uncertainAttempts: 1 } });
    const copies = world.smtp.to('again@example.com').map((message) => message.header('message-id'));
    expect(copies).toHaveLength(2);
    expect(new Set(copies).size).toBe(1);
  });

  test('under hold, waits for an operator, and is counted', async ({ world }) => {
    await workWith(world, { WELCOME_EMAIL_ON_UNKNOWN: 'hold' });
    dropOnce(world);
    const id = await world.signUp('held@example.com');
    const held = { welcomeEmail: { status: 'unknown', attempts: 1, uncertainAttempts: 1 } };
    await expect.poll(() => world.find(id)).toMatchObject(held);
    await expect
      .poll(() => world.job('users', id))
      .toMatchObject({ returnValue: { welcomeEmail: 'unknown' } });
    expect(world.smtp.to('held@example.com')).toHaveLength(1);
    expect(
      (await fetch(`${world.apiUrl}/users/${id}`, { headers: world.credentials })).headers.get('retry-after'),
    ).toBeNull();
    expect((await world.operate('PUT', `/queues/emails/welcome-${id}/retry`)).status).toBe(204);
    await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent', attempts: 2 } });
  });
});

test('a welcome that is no longer welcome is not sent, until an operator asks for it', async ({ world }) => {
  // Later than the first attempt, on a slow machine too, and earlier than the second: that waits for 2.5 s at least.
  await workWith(world, { WELCOME_EMAIL_DEADLINE: '2s' });
  world.smtp.script = { onRcptTo: () => ({ code: 451, message: 'later' }) };
  const id = await world.signUp('late@example.com');
  await expect
    .poll(() => world.find(id))
    .toMatchObject({ welcomeEmail: { status: 'pending', error: '451 later' } });
  await expect
    .poll(() => world.find(id))
    .toMatchObject({ welcomeEmail: { status: 'failed', attempts: 1, error: 'expired' } });
  // Its job fails a moment later than the store has it.
  await expect.poll(() => world.job('users', id)).toMatchObject({ returnValue: { welcomeEmail: 'failed' } });
  world.smtp.script = {};
  expect((await world.operate('PUT', `/queues/emails/welcome-${id}/retry`)).status).toBe(204);
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent', attempts: 2 } });
});

test("a provider's rate is kept, over all workers", async ({ world, queues }) => {
  const rate = { EMAILS_RATE: '5/1s' };
  await workWith(world, rate);
  await world.startWorker(rate);
  const ids = await world.signUpMany(20, 'rate');
  await expect.poll(() => countWelcomed(world, ids)).toBe(ids.length);
  // A message can be some time on its way.
  const startOf = async (id: string) =>
    (await queues.emails.getJob(`welcome-${id}`))?.processedOn ?? Number.NaN;
  const startsMs = (await Promise.all(ids.map(startOf))).sort((one, other) => one - other);
  const leastMs = (apart: number) =>
    Math.min(...startsMs.slice(apart).map((ms, index) => ms - (startsMs[index] as number)));
  // BullMQ counts in windows that begin with their first job: two full ones may touch, three may not. A quarter of a second
  // is for a worker that Redis lets wait. A rate for each worker by itself would let all go in little over a second.
  expect(leastMs(10)).toBeGreaterThan(750);
  expect(leastMs(15)).toBeGreaterThan(1_750);
  expect(leastMs(19)).toBeGreaterThan(2_750);
});
