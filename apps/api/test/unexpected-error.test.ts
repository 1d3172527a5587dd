import { describe, expect, vi } from 'vitest';
import { test } from './support/test-api.ts';

const id = '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10';

describe('an error that nobody expected', () => {
  test.for([
    new Error('the secret of the house'),
    Object.assign(new Error('the secret of the house'), { statusCode: 500, code: 'E_SECRET' }),
    Object.assign(new Error('the secret of the house'), { statusCode: 418 }),
  ])('is a 500 that says nothing about it', async (error, { openApi }) => {
    const api = await openApi();
    vi.spyOn(api.signUpStore, 'find').mockRejectedValue(error);
    const response = await api.app.inject(`/users/${id}`);
    expect(response.json()).toEqual({
      type: '/problems#internal-error',
      title: 'An unexpected error occurred',
      status: 500,
    });
    expect(response.statusCode).toBe(500);
    expect(JSON.stringify(response.headers)).not.toContain('secret');
  });
});
