import { describe, expect } from 'vitest';
import { post, test } from './support/test-api.ts';

const headers = { 'idempotency-key': 'order-1001' };
const ada = { name: 'Ada', email: 'idempotent@example.com', locale: 'en' };

describe('an idempotency key', () => {
  test('repeats one sign-up, and takes no other body in its place', async ({ api }) => {
    const first = await post(api, ada, headers);
    expect(first.statusCode).toBe(202);
    expect((await post(api, ada, headers)).json()).toEqual(first.json());
    for (const other of [{ name: 'Eve' }, { email: 'eve@example.com' }, { locale: 'pt-BR' }]) {
      const response = await post(api, { ...ada, ...other }, headers);
      expect(response.statusCode, JSON.stringify(other)).toBe(422);
      expect(response.json()).toMatchObject({ type: '/problems#idempotency-key-reused' });
    }
  });
});
