import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { createWriteProbe, isOutage, requireDurability } from '../src/index.ts';
import { reportOutages } from '../src/report-outages.ts';

const open = async () => {
  const server = await startTestRedis();
  const connection = new Redis(server.url, { retryStrategy: () => 20, maxRetriesPerRequest: 0 });
  onTestFinished(async () => {
    connection.disconnect();
    await server.stop();
  });
  connection.on('error', () => {}); // each attempt to connect while the server is away
  await once(connection, 'ready');
  return { server, connection };
};

test('an outage is reported once, with its reason, and its end once', async () => {
  const { server, connection } = await open();
  const reports: string[] = [];
  let attempts = 0;
  reportOutages(connection, {
    canWrite: createWriteProbe(connection, '{x}'),
    away: (reason) => reports.push(`away: ${reason}`),
    back: () => reports.push('back'),
  });
  connection.on('reconnecting', () => {
    attempts += 1;
  });
  for (const round of [1, 2]) {
    attempts = 0;
    await server.kill();
    await expect.poll(() => attempts).toBeGreaterThan(3);
    expect(reports).toHaveLength(2 * round - 1);
    expect(reports.at(-1)).toMatch(/^away: (the connection was closed|.*ECONN)/);
    await server.restart();
    await expect.poll(() => reports).toHaveLength(2 * round);
    expect(reports.at(-1)).toBe('back');
  }
  connection.disconnect();
  await once(connection, 'end');
  expect(reports).toHaveLength(4);
});

test('a Redis that refuses writes is not said to be back because it took one just before', async () => {
  const { connection } = await open();
  const canWrite = createWriteProbe(connection, '{x}');
  const reports: string[] = [];
  reportOutages(connection, {
    canWrite,
    away: () => reports.push('away'),
    back: () => reports.push('back'),
  });
  await canWrite();
  await connection.config('SET', 'maxmemory', '1');
  for (let refusal = 0; refusal < 5; refusal++) {
    connection.emit('refused', new Error('OOM command not allowed'));
    await sleep(20);
  }
  expect(reports).toEqual(['away']);
  await connection.config('SET', 'maxmemory', '0');
  await expect.poll(() => reports).toEqual(['away', 'back']);
});

test('commands that an outage interrupts fail as outages, and a question that it interrupts has no answer', async () => {
  const { server, connection } = await open();
  await server.kill();
  await expect.poll(() => connection.status).not.toBe('ready');
  const error = await connection.ping().catch((reason: unknown) => reason);
  expect((error as Error).name).toBe('MaxRetriesPerRequestError');
  expect(isOutage(error)).toBe(true);
  const remarks: string[] = [];
  await requireDurability(connection, { production: true, allowed: [], warn: (text) => remarks.push(text) });
  expect(remarks).toEqual([]);
});
