import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { apiKey, apiKeys } from './support/credentials.ts';
import { post, test } from './support/test-api.ts';

const ada = () => ({ name: 'Ada', email: `${crypto.randomUUID()}@example.com` });
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('an API key', () => {
  test.for([
    `xBearer ${apiKey}`,
    `Basic Bearer ${apiKey}`,
    `Bearer ${apiKey} ${apiKey}`,
    `Bearer ${apiKey},x`,
    apiKey,
  ])(
    'is the whole of a bearer token, and is not found in another header: %s',
    async (authorization, { keyed }) => {
      const response = await post(keyed, ada(), { authorization });
      expect(response.statusCode).toBe(401);
      expect(response.json()).toMatchObject({ detail: expect.stringContaining('Send a valid API key') });
    },
  );

  test.for([`Bearer   ${apiKey}`, `bearer ${apiKey}`])(
    'may stand behind any word Bearer, and blanks: %s',
    async (authorization, { keyed }) => {
      expect((await post(keyed, ada(), { authorization })).statusCode).toBe(202);
    },
  );

  test('has a limit of its own, which no other key uses up', async ({ openApi }) => {
    const keys = new Map([
      ...apiKeys,
      [sha256('one-key-for-tests'), 'one'],
      [sha256('two-key-for-tests'), 'two'],
    ]);
    const api = await openApi({ apiKeys: keys, signUpLimit: { max: 1, durationMs: 60_000 } });
    expect((await post(api, ada(), bearer('one-key-for-tests'))).statusCode).toBe(202);
    expect((await post(api, ada(), bearer('one-key-for-tests'))).statusCode).toBe(429);
    expect((await post(api, ada(), bearer('two-key-for-tests'))).statusCode).toBe(202);
  });
});
