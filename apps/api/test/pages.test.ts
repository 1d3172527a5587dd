import { describe, expect } from 'vitest';
import { problems } from '../src/problems/problem.ts';
import { post, test } from './support/test-api.ts';

describe('the API describes itself', () => {
  test('in OpenAPI, from the schemas that it runs on', async ({ api }) => {
    const response = await api.app.inject('/openapi.json');
    const description = response.json<{ openapi: string; paths: Record<string, object> }>();
    expect(description.openapi).toBe('3.1.0');
    const paths = Object.keys(description.paths);
    expect(paths).toEqual(expect.arrayContaining(['/users', '/users/{id}']));
    expect(paths.filter((path) => /admin|docs|openapi|problems|livez|readyz/.test(path))).toEqual([]);
    expect(description.paths['/users']).toMatchObject({
      post: {
        requestBody: {
          content: {
            'application/json': { schema: { required: ['name', 'email'], additionalProperties: false } },
          },
        },
        responses: {
          202: expect.anything(),
          400: expect.anything(),
          409: expect.anything(),
          503: expect.anything(),
        },
      },
    });
  });

  test('on a page to read', async ({ api }) => {
    const response = await api.app.inject('/docs/');
    expect(response.statusCode).toBe(200);
    expect(response.body).toContain('swagger-ui');
  });

  test('on a page that says what each kind of problem means', async ({ api }) => {
    const { type } = (await post(api, {})).json<{ type: string }>();
    const page = (await api.app.inject(type)).body;
    expect(page).toContain(`id="${type.split('#')[1]}"`);
    for (const [kind, { title }] of Object.entries(problems)) {
      expect(page).toContain(`id="${kind}"`);
      expect(page).toContain(title);
    }
  });
});

describe('what the pages load', () => {
  test('is served with its type, and may be kept for a while', async ({ api }) => {
    const { body } = await api.app.inject('/problems');
    const urls = [...body.matchAll(/<link [^>]*href="([^"]+)"/g)].map(([, url]) => url as string);
    expect(urls).toEqual(['/assets/favicon.svg', '/assets/style.css']);
    const responses = await Promise.all(urls.map((url) => api.app.inject(url)));
    expect(responses.map(({ statusCode, headers }) => [statusCode, headers['content-type']])).toEqual([
      [200, 'image/svg+xml'],
      [200, 'text/css; charset=utf-8'],
    ]);
    for (const { headers } of responses) expect(headers['cache-control']).toBe('public, max-age=300');
  });

  test('is nothing but what lies there', async ({ api }) => {
    for (const url of [
      '/assets/',
      '/assets/../package.json',
      '/assets/%2e%2e/package.json',
      '/assets/none.css',
    ])
      expect((await api.app.inject(url)).statusCode).toBe(404);
  });
});
