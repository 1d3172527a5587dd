import { describe, expect } from 'vitest';
import { withKey } from './support/credentials.ts';
import { createUser, post, test } from './support/test-api.ts';

describe('an id in upper case, as Swift writes it,', () => {
  test('finds its sign-up, and comes back in lower case', async ({ api }) => {
    const id = await createUser(api, 'upper@example.com');
    const response = await api.app.inject(`/users/${id.toUpperCase()}`);
    expect(response.json()).toMatchObject({ id, status: 'created' });
  });

  test('deletes its user', async ({ keyed }) => {
    const id = await createUser(keyed, 'deleted@example.com', withKey);
    const url = `/users/${id.toUpperCase()}`;
    expect((await keyed.app.inject({ method: 'DELETE', url, headers: withKey })).statusCode).toBe(204);
    expect((await keyed.app.inject({ url: `/users/${id}`, headers: withKey })).statusCode).toBe(404);
  });

  test('is a cursor', async ({ keyed }) => {
    for (const name of ['one', 'two']) await createUser(keyed, `${name}@example.com`, withKey);
    const list = async (query: string) =>
      (await keyed.app.inject({ url: `/users?limit=1${query}`, headers: withKey })).json();
    const { nextCursor } = await list('');
    const second = await list(`&cursor=${nextCursor}`);
    expect(second.users).toHaveLength(1);
    expect(await list(`&cursor=${nextCursor.toUpperCase()}`)).toEqual(second);
  });
});

test.for(['pt-br', 'PT-BR', 'Pt-Br', 'pt-BR'])(
  'the locale %s is stored as pt-BR',
  async (locale, { api }) => {
    const response = await post(api, { name: 'Ada', email: `locale.${locale}@example.com`, locale });
    expect(response.statusCode).toBe(202);
    const { id } = response.json<{ id: string }>();
    expect(await api.queues.users.getJob(id)).toMatchObject({ data: { newUser: { locale: 'pt-BR' } } });
  },
);

test('the same sign-up under one idempotency key is one, in whatever case its locale is', async ({ api }) => {
  const send = (locale: string) =>
    post(api, { name: 'Ada', email: 'idempotent@example.com', locale }, { 'idempotency-key': 'any-case' });
  expect((await send('pt-BR')).json()).toEqual((await send('pt-br')).json());
});
