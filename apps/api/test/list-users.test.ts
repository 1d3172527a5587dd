import { describe, expect } from 'vitest';
import { apiKeys, withKey } from './support/credentials.ts';
import { test as base, createUser } from './support/test-api.ts';

interface Page {
  users: { id: string }[];
  nextCursor?: string;
}

const test = base
  .extend('keyed', { scope: 'file' }, async ({ openApi }) => openApi({ apiKeys }))
  .extend('list', { scope: 'file' }, async ({ keyed }) => {
    return (query = '') => keyed.app.inject({ url: `/users${query}`, headers: withKey });
  })
  .extend('ids', { scope: 'file' }, async ({ keyed }) => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      ids.push(await createUser(keyed, `page.${count}@example.com`, withKey));
    }
    return ids;
  });

describe('GET /users', () => {
  test('comes in pages, in the order of acceptance', async ({ list, ids }) => {
    const listed: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = (await list(`?limit=2${cursor ? `&cursor=${cursor}` : ''}`)).json<Page>();
      listed.push(page.users.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(listed).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
  });

  test('has no next page when the page holds the last user', async ({ list, ids }) => {
    const page = (await list('?limit=5')).json<Page>();
    expect(page.users.map(({ id }) => id)).toEqual(ids);
    expect(page).not.toHaveProperty('nextCursor');
    expect((await list()).json<Page>()).toEqual(page);
  });

  test('finds the user with an email, in whatever case it is written', async ({ list, ids }) => {
    expect((await list('?email=PAGE.3@EXAMPLE.com')).json()).toMatchObject({
      users: [{ id: ids[3], status: 'created', name: 'Ada Lovelace' }],
    });
    expect((await list('?email=nobody@example.com')).json()).toEqual({ users: [] });
  });

  test.for(['limit=0', 'limit=101', 'limit=a', 'cursor=1', 'email=x', 'other=1'])(
    'refuses ?%s',
    async (query, { list }) => {
      const response = await list(`?${query}`);
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({ errors: [{ parameter: query.split('=')[0] }] });
    },
  );
});
