import { describe, expect } from 'vitest';
import { withKey } from './support/credentials.ts';
import { createUser, signUp, type TestApi, test } from './support/test-api.ts';

const get = ({ app }: TestApi, id: string, headers = {}) => app.inject({ url: `/users/${id}`, headers });

describe('GET /users/<id> with an API key', () => {
  test('shows a sign-up that is queued, with the person, and asks the client to come back', async ({
    keyed,
  }) => {
    const id = await signUp(keyed, 'queued@example.com', withKey);
    const response = await get(keyed, id, withKey);
    expect(response.statusCode).toBe(200);
    const person = { name: 'Ada Lovelace', email: 'queued@example.com', locale: 'en' };
    expect(response.json()).toEqual({ id, status: 'queued', ...person });
    expect(response.headers['retry-after']).toBe('1');
  });

  test('shows a user who waits for the welcome email', async ({ keyed }) => {
    const id = await createUser(keyed, 'created@example.com', withKey);
    const response = await get(keyed, id, withKey);
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

  test('is refused without the key', async ({ keyed }) => {
    const id = await createUser(keyed, 'refused@example.com', withKey);
    expect((await get(keyed, id)).statusCode).toBe(401);
  });
});

describe('GET /users/<id> on an API that is open to everybody', () => {
  test('shows how far a sign-up is, and nothing of the person', async ({ api }) => {
    const id = await signUp(api, 'open@example.com');
    expect((await get(api, id)).json()).toEqual({ id, status: 'queued' });
    const user = { name: 'Ada Lovelace', email: 'open@example.com', locale: 'en' } as const;
    await api.signUpStore.create(id, user);
    const created = { id, status: 'created', welcomeEmail: { status: 'pending' } };
    expect((await get(api, id)).json()).toEqual(created);
    // A key opens nothing more where there are no keys.
    expect((await get(api, id, withKey)).json()).toEqual(created);
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

  test.for(['/users/', '/users/unknown', '/users/meta', '/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10'])(
    'is a 404 for what does not exist: %s',
    async (url, { api }) => {
      const response = await api.app.inject(url);
      expect(response.statusCode).toBe(404);
      expect(response.headers['content-type']).toContain('application/problem+json');
      expect(response.json()).toMatchObject({ type: '/problems#not-found' });
    },
  );
});
