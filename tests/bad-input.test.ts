import { describe, expect } from 'vitest';
import { test } from './support/world.ts';

const valid = { name: 'Ada', email: 'ada@example.com' };

interface BadInput {
  title: string;
  body: unknown;
  status?: number;
  pointers?: string[];
  contentType?: string;
}

const badInputs: BadInput[] = [
  { title: 'malformed JSON', body: '{"name":' },
  { title: 'an empty body', body: '' },
  { title: 'a body that is no object', body: '[]', pointers: ['#'] },
  { title: 'missing fields', body: {}, pointers: ['#/email', '#/name'] },
  { title: 'an unknown field', body: { ...valid, admin: true }, pointers: ['#/admin'] },
  { title: 'wrong types', body: { name: 1, email: ['ada@example.com'] }, pointers: ['#/email', '#/name'] },
  { title: 'an empty name', body: { ...valid, name: '' }, pointers: ['#/name'] },
  { title: 'a blank name', body: { ...valid, name: ' \t' }, pointers: ['#/name'] },
  { title: 'a name of 201 characters', body: { ...valid, name: 'a'.repeat(201) }, pointers: ['#/name'] },
  {
    title: 'a control character in the name',
    body: { ...valid, name: 'Ada\r\nBcc: x' },
    pointers: ['#/name'],
  },
  { title: 'an email that is no address', body: { ...valid, email: 'ada' }, pointers: ['#/email'] },
  { title: 'two addresses', body: { ...valid, email: 'a@example.com,b@example.com' }, pointers: ['#/email'] },
  {
    title: 'a control character in the email',
    body: { ...valid, email: 'a\u0000@example.com' },
    pointers: ['#/email'],
  },
  {
    title: 'an email of 255 characters',
    body: {
      ...valid,
      email: `abc@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.example`,
    },
    pointers: ['#/email'],
  },
  { title: 'a locale that is not offered', body: { ...valid, locale: 'fr' }, pointers: ['#/locale'] },
  { title: 'a body over 16 KiB', body: { ...valid, name: 'a'.repeat(16 * 1024) }, status: 413 },
  {
    title: 'another content type',
    body: 'name=Ada',
    status: 415,
    contentType: 'application/x-www-form-urlencoded',
  },
];

describe('POST /users', () => {
  test.for(badInputs)('refuses $title', async (input, { world }) => {
    const { body, status = 400, pointers, contentType = 'application/json' } = input;
    const response = await world.post(body, { 'content-type': contentType });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as {
      status: number;
      errors?: { pointer: string; detail: string }[];
    };
    expect(problem).toMatchObject({
      type: expect.stringMatching(/^\/problems#/),
      title: expect.any(String),
      status,
    });
    expect(problem.errors && [...new Set(problem.errors.map(({ pointer }) => pointer))].sort()).toEqual(
      pointers,
    );
    expect(await world.countJobs()).toBe(0);
  });

  test('takes a name of 200 characters that are two UTF-16 units each, and makes the user', async ({
    world,
  }) => {
    const id = await world.signUp('emoji@example.com', { name: '👩'.repeat(200) });
    await expect.poll(() => world.find(id)).toMatchObject({ status: 'created' });
  });
});

describe('an address that leads nowhere', () => {
  test.for(['/', '/users/unknown', '/users/meta', '/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10'])(
    '%s is a 404',
    async (path, { world }) => {
      const response = await fetch(world.apiUrl + path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    },
  );
});
