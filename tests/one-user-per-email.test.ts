import { describe, expect } from 'vitest';
import { type SignUp, test } from './support/world.ts';

describe('the same email, 50 times at once, in upper and lower case', () => {
  test('makes one user and one message; the others are 409 or rejected', async ({ world }) => {
    const responses = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        world.post({ name: 'Ada', email: index % 2 ? 'ada@example.com' : 'ADA@Example.COM' }),
      ),
    );
    const accepted = responses.filter(({ status }) => status === 202);
    expect(responses.filter(({ status }) => status === 409)).toHaveLength(50 - accepted.length);
    const ids = await Promise.all(accepted.map(async (response) => ((await response.json()) as SignUp).id));

    const statuses = async () => (await world.findAll(ids)).map(({ status }) => status).sort();
    const rejected = ids.slice(1).map(() => 'rejected');
    await expect.poll(statuses).toEqual(['created', ...rejected]);
    await expect.poll(() => world.smtp.messages).toHaveLength(1);
  });

  test('is a 409 once there is a user', async ({ world }) => {
    const response = await world.post({ name: 'Ada', email: 'aDa@example.com' });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ type: '/problems#email-taken' });
  });
});
