import { describe, expect } from 'vitest';
import { withKey } from './support/credentials.ts';
import { createUser, post, signUp, type TestApi, test } from './support/test-api.ts';

const statusOf = async ({ app }: TestApi, method: 'GET' | 'DELETE', id: string) =>
  (await app.inject({ method, url: `/users/${id}`, headers: withKey })).statusCode;

describe('DELETE /users/<id>', () => {
  test('deletes a user, frees the email address, and is a 404 the second time', async ({ keyed }) => {
    const id = await createUser(keyed, 'created@example.com', withKey);
    const again = { name: 'Ada', email: 'created@example.com' };
    expect((await post(keyed, again, withKey)).statusCode).toBe(409);
    expect(await statusOf(keyed, 'DELETE', id)).toBe(204);
    expect(await statusOf(keyed, 'GET', id)).toBe(404);
    expect(await statusOf(keyed, 'DELETE', id)).toBe(404);
    expect((await post(keyed, again, withKey)).statusCode).toBe(202);
  });

  test('removes the job of a sign-up that is queued', async ({ keyed }) => {
    const id = await signUp(keyed, 'queued@example.com', withKey);
    expect(await statusOf(keyed, 'DELETE', id)).toBe(204);
    expect(await keyed.queues.users.getJob(id)).toBeUndefined();
    expect(await statusOf(keyed, 'GET', id)).toBe(404);
  });

  // Many clients send a content type with every request.
  test.for(['application/json', 'application/x-www-form-urlencoded', 'text/plain'])(
    'deletes a user also when the request says %s and has no body',
    async (contentType, { keyed }) => {
      const id = await createUser(keyed, `${contentType.replace('/', '.')}@example.com`, withKey);
      const headers = { ...withKey, 'content-type': contentType };
      const response = await keyed.app.inject({ method: 'DELETE', url: `/users/${id}`, headers });
      expect(response.statusCode).toBe(204);
    },
  );

  test.for(['019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10', 'unknown'])('%s is a 404', async (id, { keyed }) => {
    expect(await statusOf(keyed, 'DELETE', id)).toBe(404);
  });
});
