import { randomUUIDv7 } from 'node:crypto';
import { expect } from 'vitest';
import { asAdmin, withKey } from './support/credentials.ts';
import { test } from './support/test-api.ts';

const oddData = [
  null,
  1,
  'text',
  true,
  [],
  [null],
  { newUser: null },
  { newUser: 'text' },
  { newUser: { email: 5 } },
  { newUser: { email: { toString: 1 } } },
];

test.for(oddData.map((data) => ({ title: JSON.stringify(data), data })))(
  'the dashboard shows a queue with a job whose data is $title',
  async ({ data }, { openApi }) => {
    const { app, queues } = await openApi({ keyPrefix: `{test}:${crypto.randomUUID()}` });
    for (const queue of [queues.users, queues.emails, queues.maintenance]) {
      const { id } = await queue.add('by-hand', data as never, { jobId: 'odd' });
      const get = (path: string) => app.inject({ url: `/admin/queues/api${path}`, headers: asAdmin });
      for (const status of ['latest', 'waiting']) {
        const listing = await get(`/queues?activeQueue=${queue.name}&status=${status}`);
        expect(listing.statusCode, listing.body).toBe(200);
        expect(listing.body).toContain('by-hand');
      }
      const page = await get(`/queues/${queue.name}/${id}`);
      expect(page.statusCode, page.body).toBe(200);
    }
  },
);

test.for(oddData.map((data) => ({ title: JSON.stringify(data), data })))(
  'a sign-up whose job has the data $title is queued, and can be deleted',
  async ({ data }, { keyed }) => {
    const id = randomUUIDv7();
    await keyed.queues.users.add('create-user', data as never, { jobId: id });
    const found = await keyed.app.inject({ url: `/users/${id}`, headers: withKey });
    expect(found.json()).toEqual({ id, status: 'queued' });
    const deleted = await keyed.app.inject({ method: 'DELETE', url: `/users/${id}`, headers: withKey });
    expect(deleted.statusCode).toBe(204);
  },
);
