import { describe, expect } from 'vitest';
import { adminLogin, asAdmin, asViewer, viewerLogin } from './support/credentials.ts';
import { test } from './support/test-api.ts';

describe.for(['GET', 'HEAD'] as const)('%s of the dashboard', (method) => {
  test('only reads: a viewer may, and so may a link on another site', async ({ openApi }) => {
    const { app } = await openApi({ logins: [adminLogin, viewerLogin] });
    const url = '/admin/queues';
    expect((await app.inject({ method, url, headers: asViewer })).statusCode).toBe(200);
    const linked = { ...asAdmin, 'sec-fetch-site': 'cross-site' };
    expect((await app.inject({ method, url, headers: linked })).statusCode).toBe(200);
    expect((await app.inject({ method, url })).statusCode).toBe(401);
  });
});
