import { describe, expect } from 'vitest';
import { createTrail } from '../src/admin/access/trail.ts';
import { adminLogin, asAdmin, asViewer, viewerLogin } from './support/credentials.ts';
import { post, type TestApi, test } from './support/test-api.ts';

const pages = ['/admin', '/admin/', '/admin/find', '/admin/failures', '/admin/deliveries', '/admin/trail'];

/** The text of a page, without its tags. */
const read = async ({ app }: TestApi, url: string, headers: object = asAdmin): Promise<string> => {
  const { body } = await app.inject({ url, headers: { ...headers } });
  return body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
};

describe.for(pages)("the operators' page %s", (url) => {
  test('needs a login, and shows a viewer the same', async ({ openApi }) => {
    const api = await openApi({ logins: [adminLogin, viewerLogin] });
    const statuses = [{}, asViewer, asAdmin].map(
      async (headers) => (await api.app.inject({ url, headers: { ...headers } })).statusCode,
    );
    expect(await Promise.all(statuses)).toEqual([401, 200, 200]);
    expect(await read(api, url, asViewer)).toContain('viewer viewer');
  });
});

describe('the overview', () => {
  test('counts the jobs of each queue, and says for how long the oldest has waited', async ({
    openApi,
    redis,
  }) => {
    const api = await openApi({ keyPrefix: `${redis.prefix}:overview` });
    await post(api, { name: 'Ada', email: 'ada@example.com' });
    await post(api, { name: 'Bob', email: 'bob@example.com' });
    await api.queues.emails.pause();
    const text = await read(api, '/admin');
    expect(text).toMatch(/users 2 \d s 0 0 0 0 – 0 0/);
    expect(text).toMatch(/emails paused 0 – 0 0 0 0 – 0 0/);
    expect(text).toContain('None can be seen.');
    expect(text).toMatch(/It accepted none in the last 10 min\./);
    expect(text).toMatch(/Memory: [\d.]+M/);
  });

  test('counts the jobs of the last five minutes, and none of those before', async ({ openApi, redis }) => {
    const api = await openApi({ keyPrefix: `${redis.prefix}:throughput` });
    const key = api.queues.users.toKey('metrics:completed');
    await api.connection.rpush(`${key}:data`, 7, 1, 1);
    for (const [minutesAgo, shown] of [
      [0, 9],
      [3, 8],
      [60, 0],
    ] as const) {
      await api.connection.hset(key, { count: 9, prevTS: Date.now() - minutesAgo * 60_000 });
      expect(await read(api, '/admin')).toMatch(RegExp(`users 0 – 0 0 0 0 – ${shown} 0`));
    }
  });

  test('says that the emails are held back, and which welcome has been under way for longest', async ({
    openApi,
    redis,
  }) => {
    const api = await openApi({ keyPrefix: `${redis.prefix}:held` });
    const { id } = (await post(api, { name: 'Ada', email: 'ada@example.com' })).json<{ id: string }>();
    await api.signUpStore.create(id, { name: 'Ada', email: 'ada@example.com', locale: 'en' });
    await api.queues.emails.rateLimit(60_000);
    const { body } = await api.app.inject({ url: '/admin', headers: asAdmin });
    expect(body).toContain('The emails are held back');
    expect(body).toContain(`/admin/find/${id}`);
  });

  test('does not say so because emails have just gone out, and were counted', async ({ openApi, redis }) => {
    const api = await openApi({ keyPrefix: `${redis.prefix}:counted` });
    await api.connection.set(api.queues.emails.toKey('limiter'), 3, 'PX', 60_000);
    expect(await read(api, '/admin')).not.toContain('held back');
  });
});

describe('the deliveries', () => {
  test('are counted by domain, over the hours that are asked for', async ({ openApi, redis }) => {
    const keyPrefix = `${redis.prefix}:deliveries`;
    const api = await openApi({ keyPrefix });
    // Of another span of time than those below: who asks soon after a reading is answered from it.
    expect(await read(api, '/admin/deliveries?hours=6')).toContain('No message was handed over.');
    const hour = Math.floor(Date.now() / 3_600_000);
    const counts = { 'taken example.com': 7, 'refused example.com': 2, 'taken small.example': 1 };
    await api.connection.hset(`${keyPrefix}:deliveries:${hour}`, counts);
    await api.connection.hset(`${keyPrefix}:deliveries:${hour - 30}`, counts);
    expect(await read(api, '/admin/deliveries')).toMatch(/example\.com 7 0 2 0 other 1 0 0 0/);
    expect(await read(api, '/admin/deliveries?hours=48')).toMatch(/example\.com 14 0 4 0 other 2 0 0 0/);
    const wrong = await api.app.inject({ url: '/admin/deliveries?hours=3', headers: asAdmin });
    expect(wrong.statusCode).toBe(400);
  });
});

describe("the trail's page", () => {
  test('shows what was done, with markup as text', async ({ openApi, redis }) => {
    const keyPrefix = `${redis.prefix}:trail-page`;
    const api = await openApi({ keyPrefix });
    const trail = createTrail(api.connection, keyPrefix);
    const why = '<script>alert("x")</script>';
    const id = await trail.begin({
      by: { name: 'ada', role: 'admin' },
      action: 'redrive',
      target: { queue: 'users' },
      why,
      requestId: 'r',
    });
    await trail.end(id, { outcome: 'done', status: 303 });
    const { body } = await api.app.inject({ url: '/admin/trail', headers: asAdmin });
    expect(body).not.toContain(why);
    expect(body).toContain('&lt;script&gt;');
    expect(await read(api, '/admin/trail')).toMatch(/ada admin redrive users .* done 303/);
  });

  test('leads to earlier actions, page by page', async ({ openApi, redis }) => {
    const keyPrefix = `${redis.prefix}:trail-pages`;
    const api = await openApi({ keyPrefix });
    const trail = createTrail(api.connection, keyPrefix);
    for (let number = 1; number <= 101; number++)
      await trail.begin({ by: adminLogin, action: `action-${number}.`, target: {}, requestId: 'r' });
    const { body } = await api.app.inject({ url: '/admin/trail', headers: asAdmin });
    expect(body).toContain('action-101.');
    expect(body).not.toContain('action-1.');
    const earlier = /href="(\?before=[^"]+)"/.exec(body)?.[1];
    expect(await read(api, `/admin/trail${earlier}`)).toContain('action-1.');
  });
});
