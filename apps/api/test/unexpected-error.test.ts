import { describe, expect, vi } from 'vitest';
import { type TestApi, test } from './support/test-api.ts';

const secret = (facts: object = {}) => Object.assign(new Error('the secret of the house'), facts);

/** The response where the store fails with `error`. */
const failWith = async (api: TestApi, error: Error) => {
  vi.spyOn(api.signUpStore, 'find').mockRejectedValue(error);
  return api.app.inject('/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10');
};

describe('an error that nobody expected', () => {
  test.for([secret(), secret({ statusCode: 500, code: 'E_SECRET' }), secret({ status: 700 })])(
    'is a 500 that says nothing about it',
    async (error, { openApi }) => {
      const response = await failWith(await openApi(), error);
      expect(response.statusCode).toBe(500);
      expect(response.json()).toEqual({
        type: '/problems#internal-error',
        title: 'An unexpected error occurred',
        status: 500,
      });
      expect(JSON.stringify(response.headers)).not.toContain('secret');
    },
  );

  test("is a 400 that says nothing about it where it calls itself the client's fault", async ({
    openApi,
  }) => {
    const response = await failWith(await openApi(), secret({ statusCode: 418 }));
    expect(response.statusCode).toBe(400);
    expect(response.json()).toEqual({
      type: '/problems#malformed-request',
      title: 'The request could not be parsed',
      status: 400,
    });
  });
});
