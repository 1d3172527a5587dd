import type { UserId } from '@backend-jobs/sign-ups';
import { apiKeys, withKey } from './credentials.ts';
import { signUp, type TestApi } from './test-api.ts';

/** For `openApi`; each test gets a key prefix, and so users, of its own. */
export const inShards = (count: 1 | 16, keyPrefix = `{${crypto.randomUUID()}}`) => ({
  shards: count,
  keyPrefix,
  apiKeys,
});

export const emailOf = (index: number): string => `person.${index}@example.com`;

export const placeOf = ({ shards }: TestApi, id: UserId): number => shards.all.indexOf(shards.of(id));

export const signUpMany = (api: TestApi, count: number): Promise<UserId[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => signUp(api, emailOf(index), withKey)));

/** Signs up, and makes the users as a worker would. Returns their ids in the order of `emailOf`. */
export const createMany = async (api: TestApi, count: number): Promise<UserId[]> => {
  const ids = await signUpMany(api, count);
  await Promise.all(
    ids.map((id, index) =>
      api.signUpStore.create(id, { name: 'Ada Lovelace', email: emailOf(index), locale: 'en' }),
    ),
  );
  return ids;
};

export const list = async ({ app }: TestApi, query: string) => {
  const response = await app.inject({ url: `/users?${query}`, headers: withKey });
  const page = response.json<{ users: { id: UserId }[]; nextCursor?: UserId }>();
  return { statusCode: response.statusCode, ids: page.users?.map(({ id }) => id), next: page.nextCursor };
};

/** The ids of all users, by pages of `limit`. */
export const listAll = async (
  api: TestApi,
  limit: number,
  between: (listed: UserId[]) => Promise<unknown> = async () => {},
): Promise<UserId[]> => {
  const listed: UserId[] = [];
  for (let cursor = ''; ; ) {
    const { ids, next } = await list(api, `limit=${limit}${cursor}`);
    listed.push(...ids);
    if (next === undefined) return listed;
    cursor = `&cursor=${next}`;
    await between(listed);
  }
};
