import { startWire } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { DatabaseOutage, impatient, isDatabaseOutage, patient } from '../src/index.ts';
import { test } from './support/test-database.ts';

const one = { text: 'SELECT 1 AS one' };

/** Counts for how long, all together, this process was held up by others on the machine: by how late its timers are. */
const countHeldUpMs = () => {
  let heldUpMs = 0;
  let dueAtMs = performance.now() + 10;
  const timer = setInterval(() => {
    const lateMs = performance.now() - dueAtMs;
    if (lateMs > 5) heldUpMs += lateMs;
    dueAtMs = performance.now() + 10;
  }, 10);
  return () => {
    clearInterval(timer);
    return heldUpMs;
  };
};

test('a killed PostgreSQL refuses at once, is told once, and serves when it is back', async ({
  server,
  open,
}) => {
  const { database, news } = open();
  await database.query(one);
  await server.kill();
  for (let count = 0; count < 3; count += 1)
    await expect(database.query(one)).rejects.toThrow(DatabaseOutage);
  await server.restart();
  await expect.poll(() => database.query(one).catch(() => undefined)).toEqual([{ one: 1 }]);
  const newsByThen = async () => {
    await database.query(one);
    return news;
  };
  await expect.poll(newsByThen).toEqual([expect.stringMatching(/^away: /), 'back']);
});

test('a frozen PostgreSQL is away within 800 ms, for one that is connected and one that is not', async ({
  server,
  open,
}) => {
  const [connected, other] = [open({ mode: impatient }), open({ mode: impatient })];
  await expect.poll(() => connected.database.query(one).catch(() => undefined)).toEqual([{ one: 1 }]);
  await server.freeze();
  const heldUpMs = countHeldUpMs();
  const startedAt = performance.now();
  const calls = [connected.database.query(one), other.database.query(one)];
  for (const call of await Promise.allSettled(calls))
    expect(call).toEqual({ status: 'rejected', reason: expect.any(DatabaseOutage) });
  expect(performance.now() - startedAt - heldUpMs()).toBeLessThan(800);
  await server.thaw();
  await expect.poll(() => connected.database.query(one).catch(() => undefined)).toEqual([{ one: 1 }]);
});

test('background work waits until PostgreSQL is back, and is done then', async ({ server, open }) => {
  const { database } = open({ mode: patient });
  await database.query({ text: 'CREATE TABLE marks (number int)' });
  await server.kill();
  const calls = Array.from({ length: 5 }, (_, number) =>
    database.query({ text: 'INSERT INTO marks VALUES ($1)' }, [number]),
  );
  await server.restart();
  await Promise.all(calls);
  expect(await database.query({ text: 'SELECT count(*)::int AS count FROM marks' })).toEqual([{ count: 5 }]);
});

test('a line that breaks in the middle of a statement is an outage, and the next call gets another line', async ({
  server,
  open,
}) => {
  const wire = await startWire(server.port);
  const url = new URL(server.url);
  url.port = String(wire.port);
  const { database } = open({ url: url.href, mode: { ...impatient, timeoutMs: 2_000 } });
  await database.query(one);
  wire.watch = () => false;
  await expect(database.query(one)).rejects.toThrow(DatabaseOutage);
  wire.watch = () => true;
  expect(await database.query(one)).toEqual([{ one: 1 }]);
  await wire.stop();
});

test('one that takes no writes is away: a replica', async ({ server, open }) => {
  const admin = open().database;
  await admin.query({ text: 'CREATE ROLE reader LOGIN' });
  await admin.query({ text: 'ALTER ROLE reader SET default_transaction_read_only = on' });
  await admin.query({ text: 'CREATE TABLE writes (number int)' });
  await admin.query({ text: 'GRANT INSERT ON writes TO reader' });
  const { database } = open({ url: server.url.replace('//postgres@', '//reader@') });
  const error = await database.query({ text: 'INSERT INTO writes VALUES (1)' }).catch((reason) => reason);
  expect(isDatabaseOutage(error)).toBe(true);
});

test('one that has no connection left is away, and so is one that refuses the login', async ({
  server,
  open,
}) => {
  const greedy = open({ poolSize: 15 }).database;
  await Promise.all(Array.from({ length: 15 }, () => greedy.query({ text: 'SELECT pg_sleep(0.2)' })));
  // Whoever is let in stays until the end of the test.
  const url = server.url.replace('//postgres@', '//reader@');
  const letInAnother = () =>
    open({ url })
      .database.query(one)
      .catch(({ message }) => message);
  await expect.poll(letInAnother).toMatch(/too many|reserved/);
  const stranger = open({ url: server.url.replace('//postgres@', '//stranger@') }).database;
  await expect(stranger.query(one)).rejects.toThrow(DatabaseOutage);
});
