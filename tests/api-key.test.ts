import { appMain, runProgram } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { test } from './support/world.ts';

test('npm run api-key makes a key, and the entry that lets it in', async ({ world }) => {
  const { code, output } = await runProgram(appMain('api-key'), {}, ['mobile.1']);
  expect(code).toBe(0);
  const [, key = ''] = /^ {2}(backend-jobs_[\w-]{43})$/m.exec(output) ?? [];
  const [, entry = ''] = /^ {2}(mobile\.1:[0-9a-f]{64})$/m.exec(output) ?? [];
  const { url } = await world.startApi({ env: { API_KEYS: entry } });
  const list = (token: string) => fetch(`${url}/users`, { headers: { authorization: `Bearer ${token}` } });
  expect((await list(key)).status).toBe(200);
  expect((await list(`${key}x`)).status).toBe(401);
  expect((await runProgram(appMain('api-key'), {}, ['mobile.1'])).output).not.toContain(key);
});

test.for([[], [''], ['two', 'names'], ['a name'], ['a:b'], ['--help'], ['a,b']])(
  'npm run api-key explains itself when it is called with %j',
  async (args) => {
    const { code, output } = await runProgram(appMain('api-key'), {}, args);
    expect(code).toBe(2);
    expect(output).toMatch(/^Usage: npm run api-key -- <name>/);
    expect(output).not.toContain('backend-jobs_');
  },
);
