import { expect } from 'vitest';
import { untilState } from './support/job-state.ts';
import { test } from './support/queues.ts';

test('a welcome whose workers have died too often is sent when an operator asks for it again', async ({
  world,
  queues,
  redis,
}) => {
  await queues.emails.pause();
  const id = await world.signUp('died.too.often@example.com');
  await untilState(queues.users, id, 'waiting-children');
  // As BullMQ marks a job whose workers have died with it before they could claim the email. By how many deaths it does so
  // is up to the workers; from the second on a job waits for a while before it runs.
  const died = { stc: 1, defa: 'job stalled more than allowable limit' };
  await redis.hset(queues.emails.toKey(`welcome-${id}`), died);
  await queues.emails.resume();
  await expect
    .poll(() => world.find(id))
    .toMatchObject({ welcomeEmail: { status: 'failed', error: 'job stalled more than allowable limit' } });
  await untilState(queues.users, id, 'completed');
  expect((await world.operate('PUT', `/queues/emails/welcome-${id}/retry`)).status).toBe(204);
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent', attempts: 1 } });
});
