import { describe, expect } from 'vitest';
import { apiKeys } from './support/credentials.ts';
import { createUser, signUp, type TestApi, test } from './support/test-api.ts';

const form = 'application/x-www-form-urlencoded';
const submit = ({ app }: TestApi, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/',
    headers: { 'content-type': form, ...headers },
    payload: new URLSearchParams(fields).toString(),
  });
const get = ({ app }: TestApi, url: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers });

const langOf = (page: string) => /<html lang="([^"]*)"/.exec(page)?.[1];
const ada = { name: 'Ada', locale: 'en' };

describe('the sign-up page', () => {
  test.for<[string, Record<string, string>, string]>([
    ['/', {}, 'en'],
    ['/', { 'accept-language': 'pt-BR,pt;q=0.9,en;q=0.8' }, 'pt-BR'],
    ['/', { 'accept-language': 'pt-PT' }, 'pt-BR'],
    ['/', { 'accept-language': 'de, en-GB;q=0.5' }, 'en'],
    ['/', { 'accept-language': 'ja' }, 'en'],
    ['/?lang=pt-BR', { 'accept-language': 'en' }, 'pt-BR'],
    ['/?lang=tlh', { 'accept-language': 'pt' }, 'pt-BR'],
    ['/?lang=pt-BR&lang=en', {}, 'en'],
  ])('%s, asked with %o, is in %s', async ([url, headers, lang], { api }) => {
    const { statusCode, body } = await get(api, url, headers);
    expect(statusCode).toBe(200);
    expect(langOf(body)).toBe(lang);
    expect(body).toContain(`name="locale" value="${lang}"`);
  });

  test('signs up, in the language of the page, and leads to where one sees how far it is', async ({
    api,
  }) => {
    const response = await submit(api, { name: 'Ada', email: 'page@example.com', locale: 'pt-BR' });
    expect(response.statusCode).toBe(303);
    const { location = '' } = response.headers;
    const id = /^\/sign-ups\/([^?]*)\?lang=pt-BR$/.exec(location)?.[1] ?? '';
    expect(await api.queues.users.getJob(id)).toMatchObject({
      data: { newUser: { name: 'Ada', email: 'page@example.com', locale: 'pt-BR' } },
    });
    const { statusCode, body } = await get(api, location);
    expect(statusCode).toBe(200);
    expect(langOf(body)).toBe('pt-BR');
    expect(body).toContain('<noscript><meta http-equiv="refresh"');
    expect(body).not.toMatch(/Ada|page@/);
  });

  test('signs up once for two clicks, and anew for whoever goes back and corrects the address', async ({
    api,
  }) => {
    const key = /name="key" value="([^"]*)"/.exec((await get(api, '/')).body)?.[1] ?? '';
    const clicks = { ...ada, email: 'twice@example.com', key };
    const [first, second] = await Promise.all([submit(api, clicks), submit(api, clicks)]);
    expect(first.statusCode).toBe(303);
    expect(second.headers.location).toBe(first.headers.location);
    const corrected = await submit(api, { ...clicks, email: 'corrected@example.com' });
    expect(corrected.statusCode).toBe(303);
    expect(corrected.headers.location).not.toBe(first.headers.location);
  });

  test('takes no offence at blanks around a field', async ({ api }) => {
    expect(
      (await submit(api, { name: ' Ada ', email: 'blanks@example.com ', locale: 'en' })).statusCode,
    ).toBe(303);
  });

  test.for<[string, Record<string, string>, string[]]>([
    ['an empty form', { name: '', email: '' }, ['name', 'email']],
    ['a form without fields', {}, ['name', 'email']],
    ['a wrong address', { name: 'Ada', email: 'ada' }, ['email']],
    ['an address that is too long', { name: 'Ada', email: `${'a'.repeat(300)}@example.com` }, ['email']],
    ['a name that nobody sees', { name: '\u200b', email: 'x@example.com' }, ['name']],
  ])(
    'names the faults of %s beside their fields, and keeps what was typed',
    async ([_, fields, faulty], { api }) => {
      const { statusCode, body } = await submit(api, { ...fields, locale: 'en' });
      expect(statusCode).toBe(400);
      for (const field of ['name', 'email']) {
        const isFaulty = faulty.includes(field);
        const input = new RegExp(`<input id="${field}"[^>]*>`).exec(body)?.[0] ?? '';
        expect(input).toContain(`value="${fields[field] ?? ''}"`);
        expect(input.includes(`aria-describedby="${field}-fault"`)).toBe(isFaulty);
        expect(body.includes(`id="${field}-fault"`)).toBe(isFaulty);
        expect(input.includes('autofocus')).toBe(field === faulty[0]);
      }
    },
  );

  test('escapes what was typed', async ({ api }) => {
    const { body } = await submit(api, { ...ada, email: '"><script>alert(1)</script>' });
    expect(body).not.toContain('<script>alert');
    expect(body).toContain('value="&quot;&gt;&lt;script&gt;');
  });

  test('says of a registered address no more than the status of its sign-up does', async ({ api }) => {
    await createUser(api, 'page.taken@example.com');
    const { statusCode, body } = await submit(api, { ...ada, email: 'page.taken@example.com' });
    expect(statusCode).toBe(409);
    expect(body).toContain('This address can’t be signed up.');
  });

  test.for<[string, number, object]>([
    ['JSON', 415, { headers: { 'content-type': 'application/json' }, payload: '{"name":"Ada"}' }],
    ['too much', 413, { headers: { 'content-type': form }, payload: `name=${'a'.repeat(17_000)}` }],
    ['a field twice', 400, { headers: { 'content-type': form }, payload: 'name=a&name=b&email=c' }],
    [
      'bytes that are no text',
      400,
      { headers: { 'content-type': form }, payload: Buffer.from([0x6e, 0x3d, 0xff]) },
    ],
    [
      'letters of another charset',
      400,
      { headers: { 'content-type': form }, payload: 'name=Andr%E9&email=c' },
    ],
    [
      'another field',
      400,
      { headers: { 'content-type': form }, payload: 'name=Ada&email=a@example.com&admin=1' },
    ],
    [
      'a made-up language',
      400,
      { headers: { 'content-type': form }, payload: 'name=Ada&email=a@example.com&locale=x' },
    ],
  ])('refuses %s with a page', async ([_, status, request], { api }) => {
    const response = await api.app.inject({ method: 'POST', url: '/', ...request });
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(response.body).toContain('We could not read what was sent');
  });

  test('shares the limit of the API, and keeps what was typed when it is reached', async ({ openApi }) => {
    const limited = await openApi({ signUpLimit: { max: 2, durationMs: 60_000 } });
    await signUp(limited, 'limit.1@example.com');
    expect((await submit(limited, { ...ada, email: 'limit.2@example.com' })).statusCode).toBe(303);
    const { statusCode, headers, body } = await submit(limited, { ...ada, email: 'limit.3@example.com' });
    expect(statusCode).toBe(429);
    expect(headers['ratelimit-remaining']).toBe('0');
    expect(body).toContain('value="limit.3@example.com"');
    expect(body).toContain('role="alert"');
  });

  test('works without a key where the API has keys, and shows nothing of the person', async ({ keyed }) => {
    const { statusCode, headers } = await submit(keyed, { ...ada, email: 'keyed.page@example.com' });
    expect(statusCode).toBe(303);
    const id = /sign-ups\/([^?]*)/.exec(String(headers.location))?.[1] ?? '';
    await keyed.signUpStore.create(id, { name: 'Ada', email: 'keyed.page@example.com', locale: 'en' });
    await keyed.welcomeEmails.giveUp(id, 'secret of the server');
    const events = await get(keyed, `/sign-ups/${id}/events`);
    expect(events.body).toContain('"welcomeEmail":{"status":"failed"}');
    expect(events.body).not.toMatch(/Ada|keyed\.page|secret/);
    expect((await get(keyed, `/users/${id}/events`)).statusCode).toBe(401);
  });

  test('has no page for a sign-up that there is not', async ({ api }) => {
    for (const id of ['nobody', '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10']) {
      const { statusCode, body } = await get(api, `/sign-ups/${id}?lang=pt-BR`);
      expect(statusCode).toBe(404);
      expect(body).toContain('Este cadastro não existe');
    }
  });

  test('is not there where it is switched off', async ({ openApi }) => {
    const api = await openApi({ hasSignUpPage: false, apiKeys });
    for (const url of ['/', '/sign-ups/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10']) {
      expect((await get(api, url)).json()).toMatchObject({ type: '/problems#not-found' });
    }
    expect((await submit(api, {})).statusCode).toBe(404);
  });

  test('has HEAD, no other methods, and links below the base path', async ({ openApi }) => {
    const under = await openApi({ basePath: '/svc' });
    expect((await under.app.inject({ method: 'HEAD', url: '/svc/' })).statusCode).toBe(200);
    const wrong = await under.app.inject({ method: 'PUT', url: '/' });
    expect(wrong.statusCode).toBe(405);
    expect(wrong.headers.allow).toBe('GET, HEAD, POST');
    const { location } = (await submit(under, { ...ada, email: 'below@example.com' })).headers;
    expect(location).toMatch(/^\/svc\/sign-ups\//);
    for (const url of ['/svc?lang=en', String(location), '/svc/sign-ups/none']) {
      const { body } = await get(under, url);
      const links = [...body.matchAll(/ (?:href|src|action|data-events)="([^"]*)"/g)].map(([, link]) => link);
      expect(links.length).toBeGreaterThan(3);
      expect(links.filter((link) => !link?.startsWith('/svc/'))).toEqual([]);
    }
  });
});
