import { describe, expect } from 'vitest';
import { createUser, post, test } from './support/test-api.ts';

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

  test('is free again when its sign-up was refused, and stays taken when that was accepted', async ({
    api,
  }) => {
    await createUser(api, 'taken@example.com');
    const key = { 'idempotency-key': 'order-1002' };
    expect((await post(api, { ...ada, email: 'taken@example.com' }, key)).statusCode).toBe(409);
    const accepted = await post(api, { ...ada, email: 'free@example.com' }, key);
    expect(accepted.statusCode).toBe(202);
    await createUser(api, 'free-too@example.com');
    expect((await post(api, { ...ada, email: 'free-too@example.com' }, key)).statusCode).toBe(422);
    expect((await post(api, { ...ada, email: 'free@example.com' }, key)).json()).toEqual(accepted.json());
  });
});
