import { describe, expect } from 'vitest';
import { adminLogin, asAdmin, asViewer, viewerLogin } from './support/credentials.ts';
import { signUp, test } from './support/test-api.ts';

describe('a person who waits in the queue', () => {
  test('is masked wherever the dashboard shows the job', async ({ openApi }) => {
    const api = await openApi({ logins: [adminLogin, viewerLogin] });
    const id = await signUp(api, 'zuse.konrad@hidden.example');
    for (const path of [`/api/queues/users/${id}`, '/api/queues?activeQueue=users&status=latest&page=1']) {
      const { statusCode, body } = await api.app.inject({ url: `/admin/queues${path}`, headers: asViewer });
      expect(statusCode, path).toBe(200);
      expect(body, path).toContain('"email":"z•••@h•••.example"');
      expect(body, path).toContain('"name":"A•••"');
      expect(body, path).not.toMatch(/zuse|konrad|hidden|Lovelace/i);
    }
  });

  test.for([
    [{}, '•••', '•••@•••.'],
    [{ name: 7, email: 'zuse' }, '•••', 'z•••@•••.'],
    [{ name: '', email: '@hidden.example' }, '•••', '•••@h•••.example'],
  ] as const)(
    'is masked in a job that somebody added by hand: %j',
    async ([newUser, name, email], { api }) => {
      const job = await api.queues.users.add('create-user', { newUser } as never);
      const url = `/admin/queues/api/queues/users/${job.id}`;
      const { body } = await api.app.inject({ url, headers: asAdmin });
      expect(JSON.parse(body).job.data.newUser).toEqual({ name, email });
    },
  );

  test('is not replaced by the mask when somebody saves the job', async ({ api }) => {
    const id = await signUp(api, 'kept.whole@example.com');
    const response = await api.app.inject({
      method: 'PATCH',
      url: `/admin/queues/api/queues/users/${id}/update-data`,
      headers: asAdmin,
      payload: { jobData: { newUser: { name: 'A•••', email: 'k•••@e•••.com' } } },
    });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    const job = await api.queues.users.getJob(id);
    expect(job?.data).toMatchObject({ newUser: { email: 'kept.whole@example.com' } });
  });
});
