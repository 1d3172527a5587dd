import { expect } from 'vitest';
import { keyedTest as test, type World } from './support/world.ts';

/** Signs up 40 people of a domain, and answers when the last of the first 38 (95 %) was mailed, in ms. */
const welcome = async (world: World, domain: string): Promise<number> => {
  const startedAt = Date.now();
  const emails = Array.from({ length: 40 }, (_, index) => `p${index}@${domain}`);
  await Promise.all(emails.map((email) => world.signUp(email)));
  const mailed = () => world.smtp.messages.filter(({ to }) => to[0]?.endsWith(`@${domain}`));
  await expect.poll(mailed, { timeout: 20_000 }).toHaveLength(40);
  return (mailed()[37]?.receivedAtMs ?? Number.POSITIVE_INFINITY) - startedAt;
};

test('one domain that stalls does not hold up the mail of another', async ({ world }) => {
  world.smtp.script = {
    onRcptTo: (address) => (address.endsWith('@stalls.example') ? Number.POSITIVE_INFINITY : undefined),
  };
  await welcome(world, 'warm.example');
  const aloneMs = await welcome(world, 'alone.example');
  const stalled = Promise.all(
    Array.from({ length: 100 }, (_, index) => world.signUp(`s${index}@stalls.example`)),
  );
  await stalled;
  const besideMs = await welcome(world, 'beside.example');
  expect(besideMs).toBeLessThan(2 * aloneMs + 2_000);
}, 120_000);
