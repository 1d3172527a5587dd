import { describe, expect } from 'vitest';
import { keyedTest as test } from './support/world.ts';

describe('a sign-up', () => {
  test('is accepted at once, with where to follow it and when to ask', async ({ world }) => {
    const response = await world.post({ name: 'Ada', email: 'accepted@example.com' });
    expect(response.status).toBe(202);
    const body = (await response.json()) as { id: string };
    expect(body).toEqual({ id: expect.any(String), status: 'queued', links: { self: `/users/${body.id}` } });
    expect(response.headers.get('location')).toBe(`/users/${body.id}`);
    expect(response.headers.get('retry-after')).toBe('1');
  });

  test('ends as a user with a welcome email, in the language asked for', async ({ world }) => {
    const id = await world.signUp('joao@example.com', { name: 'João', locale: 'pt-BR' });
    await expect
      .poll(() => world.find(id))
      .toMatchObject({
        id,
        status: 'created',
        name: 'João',
        email: 'joao@example.com',
        locale: 'pt-BR',
        createdAt: expect.any(String),
        welcomeEmail: { status: 'sent', attempts: 1, messageId: expect.stringContaining(id) },
      });
    const [message] = world.smtp.to('joao@example.com');
    expect(message?.header('content-language')).toBe('pt-BR');
  });

  test('takes a name of 200 characters that are two UTF-16 units each, and makes the user', async ({
    world,
  }) => {
    const id = await world.signUp('emoji@example.com', { name: '👩'.repeat(200) });
    await expect.poll(() => world.find(id)).toMatchObject({ status: 'created' });
  });

  test('asks the client to come back until it has settled, and not after', async ({ world }) => {
    const id = await world.signUp('settles@example.com');
    await expect.poll(async () => (await world.find(id)).welcomeEmail?.status).toBe('sent');
    expect(
      (await fetch(`${world.apiUrl}/users/${id}`, { headers: world.credentials })).headers.get('retry-after'),
    ).toBeNull();
  });

  test('makes 200 users who are all readable before their messages reach the mail server', async ({
    world,
  }) => {
    const early: string[] = [];
    let asked = 0;
    world.smtp.script = {
      onData: async ({ to }) => {
        const [email = ''] = to;
        if (!(await world.hasUser(email))) early.push(email);
        asked += 1;
      },
    };
    await world.signUpMany(200, 'order');
    await expect.poll(() => asked, { timeout: 15_000 }).toBe(200);
    expect(early).toEqual([]);
  });
});
