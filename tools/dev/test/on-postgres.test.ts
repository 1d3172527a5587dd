import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  findMachinePart,
  findPostgres,
  freePort,
  runProgram,
  startPostgres,
} from '@backend-jobs/local-services';
import { impatient, openDatabase, parseDatabaseUrl } from '@backend-jobs/postgres';
import { readEnvironment } from '@backend-jobs/runtime';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { devVariables } from '../src/config.ts';
import { launch } from '../src/launch.ts';
import { openOwnDatabase } from '../src/own-database.ts';

const programs = await findMachinePart({
  name: 'PostgreSQL',
  tests: '`npm start -- --postgres`',
  find: (search) => findPostgres('system', search),
});
beforeEach(programs.orSkip);

const temporaryFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dev-on-postgres-'));
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 10 }));
  return folder;
};

/** What `npm start -- --postgres` does, with its data in `folder`. */
const start = async (folder: string, env: Record<string, string> = {}) => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const ports = { PORT: String(await freePort()), MAILBOX_PORT: String(await freePort()) };
  const config = readEnvironment(devVariables, { ...ports, WORKERS: '1', LOG_LEVEL: 'silent', ...env });
  const { apiUrl, databaseUrl, appEnd } = await launch(
    config,
    { folder, onPostgres: true },
    opened,
    () => {},
  );
  appEnd.catch(() => {}); // the test stops the apps
  return { apiUrl, databaseUrl, stop: () => opened.disposeAsync() };
};

const signUp = (apiUrl: string) =>
  fetch(`${apiUrl}/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada', email: 'kept@example.com' }),
  });

const users = async (url = '') => {
  const address = parseDatabaseUrl(url, { isProduction: false });
  const database = openDatabase(address, { name: 'test', poolSize: 1, ...impatient, timeoutMs: 10_000 });
  return database.query({ text: 'SELECT email FROM users' }).finally(() => database.close());
};

const kept = [{ email: 'kept@example.com' }];

test('keeps its users from one start to the next, although its PostgreSQL was killed', {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder();
  const first = await start(folder);
  expect((await signUp(first.apiUrl)).status).toBe(202);
  await expect.poll(() => users(first.databaseUrl)).toEqual(kept);
  const pidFile = join(folder, 'on-postgres/database/data/postmaster.pid');
  process.kill(Number.parseInt(await readFile(pidFile, 'utf8'), 10), 'SIGKILL');
  await expect.poll(() => users(first.databaseUrl).catch(({ message }) => message)).toMatch(/ECONNREFUSED/);
  await first.stop();

  const second = await start(folder);
  expect(await users(second.databaseUrl)).toEqual(kept);
  expect((await signUp(second.apiUrl)).status).toBe(409);
  await second.stop();
  await expect(users(second.databaseUrl)).rejects.toThrow(/ECONNREFUSED/);
});

test('uses the PostgreSQL of DATABASE_URL where that is set', async () => {
  const server = await startPostgres({ programs: programs.get() });
  onTestFinished(() => server.stop());
  const { apiUrl, databaseUrl } = await start(await temporaryFolder(), { DATABASE_URL: server.url });
  expect((await signUp(apiUrl)).status).toBe(202);
  await expect.poll(() => users(server.url)).toEqual(kept);
  expect(databaseUrl).toBeUndefined();
});

test('says what to install where there is none', async () => {
  await using opened = new AsyncDisposableStack();
  const place = { folder: await temporaryFolder(), find: async () => undefined };
  await expect(openOwnDatabase(place, opened, () => {})).rejects.toThrow(/apt-get install postgresql/);
});

test('an option that there is not is answered with those that there are', async () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const { code, output } = await runProgram(main, {}, ['--mysql']);
  expect([code, output]).toEqual([2, expect.stringContaining('npm start [-- --postgres]')]);
});
