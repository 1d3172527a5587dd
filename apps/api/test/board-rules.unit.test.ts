import { describe, expect, test } from 'vitest';
import { applyBoardRules } from '../src/dashboard/board-rules.ts';

type Asked = Parameters<typeof applyBoardRules>[0];

const ask = (
  method: Asked['method'],
  route: string,
  request: { query?: object; body?: unknown; params?: object } = {},
) => {
  const asked = { method, route, request: { query: {}, body: null, params: {}, headers: {}, ...request } };
  return { verdict: applyBoardRules(asked as unknown as Asked), query: asked.request.query };
};

describe('what a response has at most', () => {
  test.for(['jobsPerPage', 'maxChildren'])('is a page, whatever %s says', (name) => {
    expect(ask('get', '/api/queues', { query: { [name]: '101', page: '2' } }).query).toEqual({
      [name]: '100',
      page: '2',
    });
  });

  test('is less where less is asked for', () => {
    const query = { jobsPerPage: '100', maxChildren: '7' };
    expect(ask('get', '/api/queues', { query }).query).toBe(query);
  });
});

describe('an operation of the board', () => {
  test('is allowed if no rule speaks against it', async () => {
    const clean = { params: { queueStatus: 'completed' } };
    expect(await ask('put', '/api/queues/:queueName/clean/:queueStatus', clean).verdict).toEqual({
      allow: true,
    });
    expect(await ask('put', '/api/queues/:queueName/clean/:queueStatus').verdict).toEqual({ allow: true });
  });

  test('is refused for jobs that are being processed', async () => {
    const clean = { params: { queueStatus: 'active' } };
    const { verdict } = ask('put', '/api/queues/:queueName/clean/:queueStatus', clean);
    expect(await verdict).toMatchObject({ allow: false, status: 405, errorKey: 'ERRORS.JOB_IS_ACTIVE' });
  });

  test('is refused where a rate limit would be set, or nothing is said, and allowed where it is removed', async () => {
    const route = '/api/queues/:queueName/rate-limit';
    expect(await ask('put', route).verdict).toMatchObject({ allow: false });
    expect(await ask('put', route, { body: { max: 1 } }).verdict).toMatchObject({ allow: false });
    expect(await ask('put', route, { body: { max: null } }).verdict).toEqual({ allow: true });
  });

  test('is not allowed by what would remove a rate limit elsewhere', async () => {
    const { verdict } = ask('put', '/api/queues/:queueName/obliterate', { body: { max: null } });
    expect(await verdict).toMatchObject({ allow: false, errorKey: 'ERRORS.FORBIDDEN' });
  });
});
