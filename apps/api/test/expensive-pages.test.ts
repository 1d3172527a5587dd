import { describe, expect, onTestFinished, vi } from 'vitest';
import { asAdmin } from './support/credentials.ts';
import { type TestApi, test } from './support/test-api.ts';

const askAtOnce = async ({ app }: TestApi, url: string): Promise<void> => {
  const asking = Array.from({ length: 50 }, () => app.inject({ url, headers: asAdmin }));
  for (const { statusCode } of await Promise.all(asking)) expect(statusCode).toBe(200);
};

/** The first arguments of the calls of a command from now on. */
const watch = ({ connection }: TestApi, command: 'zrangebyscore' | 'hgetall'): (() => unknown[]) => {
  const spy = vi.spyOn(connection, command);
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.map(([key]) => key);
};

describe('fifty who ask at once cost one reading', () => {
  test('of the failures', async ({ api }) => {
    const calls = watch(api, 'zrangebyscore');
    await askAtOnce(api, '/admin/failures');
    expect(calls()).toEqual([api.queues.users.toKey('failed'), api.queues.emails.toKey('failed')]);
  });

  test('of the deliveries', async ({ api }) => {
    const calls = watch(api, 'hgetall');
    await askAtOnce(api, '/admin/deliveries?hours=6');
    expect(new Set(calls()).size).toBe(calls().length);
    expect(calls()).toHaveLength(7);
  });
});

test('whoever asks later sees what has failed since', async ({ api }) => {
  const { connection, queues } = api;
  const ask = async () => (await api.app.inject({ url: '/admin/failures', headers: asAdmin })).body;
  expect(await ask()).toContain('No job has failed');
  await connection.hset(queues.emails.toKey('x'), { timestamp: 1, failedReason: 'expired' });
  await connection.zadd(queues.emails.toKey('failed'), 1, 'x');
  await expect.poll(ask).toContain('expired');
});
