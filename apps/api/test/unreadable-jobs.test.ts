import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { asAdmin } from './support/credentials.ts';
import { test } from './support/test-api.ts';

/** What somebody may have written by hand into the fields of a job. */
const oddFields: Record<string, string>[] = [
  { data: 'no JSON' },
  { data: '"text"' },
  { opts: 'no JSON' },
  { opts: 'null' },
  { opts: '[1]' },
  { opts: '{"parent":7,"group":null,"repeat":"x"}' },
  { returnvalue: 'no JSON' },
  { progress: 'no JSON' },
  { stacktrace: 'no JSON' },
  { stacktrace: '{"0":1}' },
  { stacktrace: '[null,1,{"a":[]}]' },
  { failedReason: '<script>', finishedOn: 'never', processedOn: 'x', timestamp: 'x' },
  { priority: 'x', delay: 'x', ats: 'x', atm: 'x', stc: 'x' },
  { parent: 'no JSON', parentKey: 'nothing' },
  { name: '' },
];

test.for(oddFields.map((fields) => ({ title: JSON.stringify(fields), fields })))(
  'a job with $title does not break the page of its queue, and can be removed',
  async ({ fields }, { openApi, redis }) => {
    const api = await openApi({ keyPrefix: `${redis.prefix}:${crypto.randomUUID()}` });
    const { emails } = api.queues;
    await emails.add('good', {} as never, { jobId: 'good' });
    await emails.add('bad', {} as never, { jobId: 'bad' });
    const byHand = new Redis(redis.url);
    await byHand.hset(emails.toKey('bad'), fields);
    byHand.disconnect();
    const call = (path: string, method: 'GET' | 'PUT' = 'GET') =>
      api.app.inject({ method, url: `/admin/queues/api/queues${path}`, headers: asAdmin });
    for (const status of ['latest', 'waiting']) {
      const listing = await call(`?activeQueue=emails&status=${status}`);
      expect(listing.statusCode, listing.body).toBe(200);
      expect(listing.body).toContain('"id":"good"');
      expect(listing.body).toContain('"id":"bad"');
    }
    for (const path of ['', '/flow', '/logs']) {
      const response = await call(`/emails/bad${path}`);
      expect(response.statusCode, response.body).toBe(200);
    }
    expect((await call('/emails/bad/clean', 'PUT')).statusCode).toBe(204);
    expect(await emails.getWaitingCount()).toBe(1);
  },
);
