import { describe, expect } from 'vitest';
import { asAdmin } from './support/credentials.ts';
import { signUp, type TestApi, test } from './support/test-api.ts';

const board = ({ app }: TestApi, method: 'GET' | 'PUT' | 'PATCH', path: string, payload?: object) =>
  app.inject({
    method,
    url: `/admin/queues/api/queues${path}`,
    headers: asAdmin,
    ...(payload && { payload }),
  });

describe('the dashboard refuses, with the reason,', () => {
  test('to obliterate a queue, which would lose accepted sign-ups', async ({ api }) => {
    const id = await signUp(api, 'obliterated@example.com');
    await board(api, 'PUT', '/users/pause');
    const response = await board(api, 'PUT', '/users/obliterate', { force: true });
    expect(response.statusCode).toBe(405);
    expect(response.json().message).toContain('lose accepted sign-ups');
    expect(await api.queues.users.getJob(id)).toBeDefined();
    await board(api, 'PUT', '/users/resume');
  });

  test('to set a rate limit, which the workers would not keep to, but not to remove one', async ({ api }) => {
    const response = await board(api, 'PUT', '/emails/rate-limit', { max: 1, duration: 5_000 });
    expect(response.statusCode).toBe(405);
    expect(response.json().message).toContain('EMAILS_RATE');
    expect(await api.queues.emails.getGlobalRateLimit()).toBeNull();
    await api.queues.emails.setGlobalRateLimit(1, 5_000);
    expect((await board(api, 'PUT', '/emails/rate-limit', { max: null })).statusCode).toBe(200);
    expect(await api.queues.emails.getGlobalRateLimit()).toBeNull();
  });

  test('to save the masked data of a job', async ({ api }) => {
    const id = await signUp(api, 'edited@example.com');
    const response = await board(api, 'PATCH', `/users/${id}/update-data`, { jobData: {} });
    expect(response.statusCode).toBe(405);
    expect(response.json().message).toContain('masked copy');
    expect((await api.queues.users.getJob(id))?.data.newUser?.email).toBe('edited@example.com');
  });

  test('to promote a job that is not delayed', async ({ api }) => {
    const id = await signUp(api, 'promoted@example.com');
    const response = await board(api, 'PUT', `/users/${id}/promote`);
    expect(response.statusCode).toBe(409);
    expect(response.json().message).toContain('not in the delayed state');
  });

  test('to remove jobs that are being processed', async ({ api }) => {
    const response = await board(api, 'PUT', '/users/clean/active');
    expect(response.statusCode).toBe(405);
    expect(response.json().message).toContain('being processed');
  });
});

describe('a response of the dashboard', () => {
  test('has at most a hundred jobs of a state, on as many pages as it takes', async ({ openApi, redis }) => {
    const api = await openApi({ keyPrefix: `${redis.prefix}:pages` });
    const jobs = Array.from({ length: 250 }, () => ({ name: 'job', data: {} as never }));
    await api.queues.emails.addBulk(jobs);
    const page = async (query: string) => {
      const response = await board(api, 'GET', `?activeQueue=emails&${query}`);
      expect(response.statusCode).toBe(200);
      const { queues } = response.json<{
        queues: { name: string; jobs: object[]; pagination: { pageCount: number } }[];
      }>();
      return queues.find(({ name }) => name === 'emails');
    };
    const first = await page('status=waiting&jobsPerPage=1000000');
    expect(first?.jobs).toHaveLength(100);
    expect(first?.pagination.pageCount).toBe(3);
    expect((await page('status=waiting&jobsPerPage=1000000&page=3'))?.jobs).toHaveLength(50);
    expect((await page('status=waiting&jobsPerPage=20'))?.jobs).toHaveLength(20);
    expect((await page('status=latest&jobsPerPage=1000000'))?.jobs).toHaveLength(100);
  });

  test('has at most the last hundred lines of a log', async ({ api }) => {
    const { id = '' } = await api.queues.emails.add('logs', {} as never, { jobId: 'logs' });
    for (let line = 0; line < 250; line += 1) await api.queues.emails.addJobLog(id, `line ${line}`);
    const lines = (await board(api, 'GET', `/emails/${id}/logs`)).json<string[]>();
    expect(lines).toHaveLength(100);
    expect(lines.at(-1)).toBe('line 249');
  });
});
