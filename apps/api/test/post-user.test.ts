import { describe, expect } from 'vitest';
import { post, type TestApi, test } from './support/test-api.ts';

const valid = { name: 'Ada', email: 'ada@example.com' };

interface BadInput {
  title: string;
  body: unknown;
  status?: number;
  /** The fields that the problem names, each with the reason. */
  errors?: Record<string, string | RegExp>;
  contentType?: string;
}

const email = 'must be a single email address, with only ASCII characters before the @';
const name = 'must not be blank or contain control characters or invisible characters';

const badInputs: BadInput[] = [
  { title: 'malformed JSON', body: '{"name":' },
  { title: 'an empty body', body: '', errors: { '#': 'must be object' } },
  { title: 'a body that is no object', body: '[]', errors: { '#': 'must be object' } },
  { title: 'missing fields', body: {}, errors: { '#/email': 'is required', '#/name': 'is required' } },
  { title: 'an unknown field', body: { ...valid, admin: true }, errors: { '#/admin': 'is not allowed' } },
  {
    title: 'an unknown field whose name has to be escaped in a pointer',
    body: { ...valid, 'a/b~c': true },
    errors: { '#/a~1b~0c': 'is not allowed' },
  },
  {
    title: 'wrong types',
    body: { name: 1, email: ['ada@example.com'] },
    errors: { '#/email': 'must be string', '#/name': 'must be string' },
  },
  { title: 'an empty name', body: { ...valid, name: '' }, errors: { '#/name': name } },
  { title: 'a blank name', body: { ...valid, name: ' \t' }, errors: { '#/name': name } },
  {
    title: 'a name of 201 characters',
    body: { ...valid, name: 'a'.repeat(201) },
    errors: { '#/name': /more than 200 characters/ },
  },
  {
    title: 'a control character in the name',
    body: { ...valid, name: 'Ada\r\nBcc: x' },
    errors: { '#/name': name },
  },
  { title: 'an email that is no address', body: { ...valid, email: 'ada' }, errors: { '#/email': email } },
  {
    title: 'two addresses',
    body: { ...valid, email: 'a@example.com,b@example.com' },
    errors: { '#/email': email },
  },
  {
    title: 'a control character in the email',
    body: { ...valid, email: 'a\u0000@example.com' },
    errors: { '#/email': email },
  },
  {
    title: 'an email of 255 characters',
    body: {
      ...valid,
      email: `abc@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.example`,
    },
    errors: { '#/email': email },
  },
  {
    title: 'a locale that is not offered',
    body: { ...valid, locale: 'fr' },
    errors: { '#/locale': 'must be one of en, pt-BR' },
  },
  { title: 'a body over 16 KiB', body: { ...valid, name: 'a'.repeat(16 * 1024) }, status: 413 },
  {
    title: 'another content type',
    body: 'name=Ada',
    status: 415,
    contentType: 'application/x-www-form-urlencoded',
  },
];

const countJobs = async ({ queues }: TestApi): Promise<number> => {
  const counts = await Promise.all([queues.users.getJobCounts(), queues.emails.getJobCounts()]);
  return counts.flatMap((count) => Object.values(count)).reduce((sum, count) => sum + count, 0);
};

describe('POST /users', () => {
  test.for(badInputs)('refuses $title', async (input, { api }) => {
    const { body, status = 400, errors, contentType = 'application/json' } = input;
    const before = await countJobs(api);
    const response = await post(api, body, { 'content-type': contentType });
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    const problem = response.json<{ errors?: { pointer: string; detail: string }[] }>();
    expect(problem).toMatchObject({
      type: expect.stringMatching(/^\/problems#/),
      title: expect.any(String),
      status,
    });
    const pointers = new Set(problem.errors?.map(({ pointer }) => pointer));
    expect([...pointers].sort()).toEqual(Object.keys(errors ?? {}));
    for (const [pointer, detail] of Object.entries(errors ?? {})) {
      const details = problem.errors
        ?.filter((error) => error.pointer === pointer)
        .map((error) => error.detail);
      expect(details).toContainEqual(typeof detail === 'string' ? detail : expect.stringMatching(detail));
    }
    expect(await countJobs(api)).toBe(before);
  });

  test('queues a sign-up, and says where to follow it and when to ask', async ({ api }) => {
    const response = await post(api, { ...valid, locale: 'pt-BR' });
    expect(response.statusCode).toBe(202);
    const { id } = response.json<{ id: string }>();
    expect(response.json()).toEqual({ id, status: 'queued', links: { self: `/users/${id}` } });
    expect(response.headers).toMatchObject({ location: `/users/${id}`, 'retry-after': '1' });
    const job = await api.queues.users.getJob(id);
    expect(job).toMatchObject({ name: 'create-user', data: { newUser: { ...valid, locale: 'pt-BR' } } });
  });

  test('takes English as the locale of a user who gives none', async ({ api }) => {
    const { id } = (await post(api, { ...valid, email: 'english@example.com' })).json<{ id: string }>();
    expect(await api.queues.users.getJob(id)).toMatchObject({ data: { newUser: { locale: 'en' } } });
  });

  test('refuses an email that already has a user', async ({ api }) => {
    const { id } = (await post(api, { ...valid, email: 'taken@example.com' })).json<{ id: string }>();
    await api.signUpStore.create(id, { ...valid, email: 'taken@example.com', locale: 'en' });
    const response = await post(api, { ...valid, email: 'TAKEN@example.com' });
    expect(response.statusCode).toBe(409);
    expect(response.json()).toMatchObject({
      type: '/problems#email-taken',
      title: 'This email address is already registered',
    });
  });
});
