import { expect } from 'vitest';
import { test } from './support/test-api.ts';

test.for(['a b', '{"level":60} mine', 'mine {"level":60}', 'a\tb', `${'a'.repeat(128)}b`, ''])(
  'a request id that is more than one plain word is replaced: %j',
  async (given, { api }) => {
    const { headers } = await api.app.inject({ url: '/livez', headers: { 'x-request-id': given } });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  },
);
