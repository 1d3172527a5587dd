import { describe, expect, vi } from 'vitest';
import { withKey } from './support/credentials.ts';
import { createUser, type TestApi, test } from './support/test-api.ts';

interface Page {
  users: { id: string }[];
  nextCursor?: string;
}

const list = ({ app }: TestApi, query = '') => app.inject({ url: `/users${query}`, headers: withKey });

const ids: string[] = [];

test.beforeAll(async ({ keyed }) => {
  for (let count = 0; count < 5; count += 1) {
    ids.push(await createUser(keyed, `page.${count}@example.com`, withKey));
    const acceptedBeforeMs = Date.now();
    await vi.waitUntil(() => Date.now() > acceptedBeforeMs, { interval: 1 }); // ids of one millisecond have no order
  }
});

describe('GET /users', () => {
  test('comes in pages, in the order of acceptance', async ({ keyed }) => {
    const listed: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = (await list(keyed, `?limit=2${cursor ? `&cursor=${cursor}` : ''}`)).json<Page>();
      listed.push(page.users.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(listed).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
  });

  test('has no next page when the page holds the last user', async ({ keyed }) => {
    const page = (await list(keyed, '?limit=5')).json<Page>();
    expect(page.users.map(({ id }) => id)).toEqual(ids);
    expect(page).not.toHaveProperty('nextCursor');
    expect((await list(keyed)).json<Page>()).toEqual(page);
  });

  test('finds the user with an email, in whatever case it is written', async ({ keyed }) => {
    expect((await list(keyed, '?email=PAGE.3@EXAMPLE.com')).json()).toMatchObject({
      users: [{ id: ids[3], status: 'created', name: 'Ada Lovelace' }],
    });
    expect((await list(keyed, '?email=nobody@example.com')).json()).toEqual({ users: [] });
  });

  test.for(['limit=0', 'limit=101', 'limit=a', 'cursor=1', 'email=x', 'other=1'])(
    'refuses ?%s',
    async (query, { keyed }) => {
      const response = await list(keyed, `?${query}`);
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({ errors: [{ parameter: query.split('=')[0] }] });
    },
  );
});
