import { describe, expect } from 'vitest';
import { createUser, signUp, test } from './support/test-api.ts';

describe('GET /users/<id>', () => {
  test('shows a sign-up that is queued, with the person, and asks the client to come back', async ({
    api,
  }) => {
    const id = await signUp(api, 'queued@example.com');
    const response = await api.app.inject(`/users/${id}`);
    expect(response.statusCode).toBe(200);
    const person = { name: 'Ada Lovelace', email: 'queued@example.com', locale: 'en' };
    expect(response.json()).toEqual({ id, status: 'queued', ...person });
    expect(response.headers['retry-after']).toBe('1');
  });

  test('shows a user who waits for the welcome email', async ({ api }) => {
    const id = await createUser(api, 'created@example.com');
    const response = await api.app.inject(`/users/${id}`);
    expect(response.json()).toEqual({
      id,
      status: 'created',
      name: 'Ada Lovelace',
      email: 'created@example.com',
      locale: 'en',
      createdAt: expect.any(String),
      welcomeEmail: { status: 'pending', attempts: 0 },
    });
    expect(response.headers['retry-after']).toBe('1');
  });

  test('shows a sign-up that was rejected, and does not ask to come back', async ({ api }) => {
    const [first, second] = [await signUp(api, 'twice@example.com'), await signUp(api, 'twice@example.com')];
    for (const id of [first, second]) {
      await api.signUpStore.create(id, { name: 'Ada', email: 'twice@example.com', locale: 'en' });
    }
    const response = await api.app.inject(`/users/${second}`);
    expect(response.json()).toEqual({ id: second, status: 'rejected', reason: 'email-taken' });
    expect(response.headers['retry-after']).toBeUndefined();
  });

  test.for(['/', '/users/unknown', '/users/meta', '/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10'])(
    'is a 404 for what does not exist: %s',
    async (url, { api }) => {
      const response = await api.app.inject(url);
      expect(response.statusCode).toBe(404);
      expect(response.headers['content-type']).toContain('application/problem+json');
      expect(response.json()).toMatchObject({ type: '/problems#not-found' });
    },
  );
});
