import { describe, expect } from 'vitest';
import { test } from './support/world.ts';

describe('the API tells about itself', () => {
  test('in OpenAPI, from the schemas that it runs on', async ({ world }) => {
    const response = await fetch(`${world.apiUrl}/openapi.json`);
    const description = (await response.json()) as {
      openapi: string;
      paths: Record<string, Record<string, unknown>>;
    };
    expect(description.openapi).toBe('3.1.0');
    expect(Object.keys(description.paths).sort()).toEqual(['/users', '/users/{id}']);
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

  test('on a page to read', async ({ world }) => {
    const response = await fetch(`${world.apiUrl}/docs/`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('swagger-ui');
  });

  test('by what each kind of problem means', async ({ world }) => {
    const { type } = (await (await world.post({})).json()) as { type: string };
    const page = await (await fetch(world.apiUrl + type)).text();
    expect(page).toContain(`id="${type.split('#')[1]}"`);
  });
});

describe('the dashboard', () => {
  const open = (url: string, user: string, password: string) =>
    fetch(`${url}/admin/queues`, {
      headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    });

  test('asks for a login, on each of its addresses', async ({ world }) => {
    for (const path of ['', '/', '/api/queues', '/queue/users', '/static/images/logo.svg']) {
      const response = await fetch(`${world.apiUrl}/admin/queues${path}`);
      expect(response.status, path).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Basic realm="Backend Jobs"/);
      expect(await response.json()).toMatchObject({ type: '/problems#unauthorized' });
    }
  });

  test('lets in who knows both name and password, and nobody else', async ({ world }) => {
    expect((await open(world.apiUrl, 'admin', 'a-password-for-tests')).status).toBe(200);
    expect((await open(world.apiUrl, 'admin', 'wrong')).status).toBe(401);
    expect((await open(world.apiUrl, 'root', 'a-password-for-tests')).status).toBe(401);
    expect((await open(world.apiUrl, 'admin', '')).status).toBe(401);
  });

  test('leaves the other routes open', async ({ world }) => {
    expect((await fetch(`${world.apiUrl}/livez`)).status).toBe(200);
    expect((await fetch(`${world.apiUrl}/readyz`)).status).toBe(200);
  });

  test('shows both queues, and a sign-up as a tree', async ({ world }) => {
    const id = await world.signUp('tree@example.com');
    await expect.poll(() => world.job('users', id)).toMatchObject({ returnValue: { outcome: 'created' } });
    const { queues } = (await (await world.operate('GET', '/queues')).json()) as {
      queues: { name: string }[];
    };
    expect(queues.map(({ name }) => name)).toEqual(['users', 'emails', 'maintenance']);
    const flow = JSON.stringify(await (await world.operate('GET', `/queues/users/${id}/flow`)).json());
    expect(flow).toContain(`welcome-${id}`);
  });
});
