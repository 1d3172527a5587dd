import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '@backend-jobs/local-services';
import { databaseVariables } from '@backend-jobs/postgres';
import { readEnvironment } from '@backend-jobs/runtime';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { variablesOf } from './support/declarations.ts';
import { openWorld } from './support/world.ts';

interface Compose {
  services: Record<string, { networks: string[]; secrets?: string[]; environment?: Record<string, string> }>;
  networks: Record<string, { internal?: boolean } | null>;
  secrets: Record<string, { file: string }>;
}

const root = join(import.meta.dirname, '..');
const readText = (path: string) => readFileSync(join(root, path), 'utf8');
const compose = parse(readText('compose.yaml'), { merge: true }) as Compose;

const makeSecrets = (folder = mkdtempSync(join(tmpdir(), 'compose-secrets-'))) => {
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync('sh', [join(root, 'tools/compose-secrets.sh'), folder]);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim();
  return { folder, read };
};

describe('the networks of compose.yaml', () => {
  const membersOf = (network: string) =>
    Object.keys(compose.services).filter((name) => compose.services[name]?.networks.includes(network));

  test('join those alone who have to talk', () => {
    expect(Object.fromEntries(Object.keys(compose.networks).map((name) => [name, membersOf(name)]))).toEqual({
      front: ['api'],
      store: ['redis', 'api', 'worker'],
      mail: ['mailbox', 'worker'],
    });
    expect(compose.networks.store).toEqual({ internal: true });
  });
});

describe('the secrets of compose.yaml', () => {
  test('are made by the script, once, in a folder that its owner alone can open', () => {
    const { folder, read } = makeSecrets();
    const made = readdirSync(folder);
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`./secrets/${name}`);
      expect(made).toContain(name);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const before = made.map(read);
    makeSecrets(folder);
    expect(made.map(read)).toEqual(before);
    expect(makeSecrets().read('hash-secret')).not.toBe(read('hash-secret'));
  });

  test('are made in a folder that others could open before, and not without random bytes', () => {
    const open = mkdtempSync(join(tmpdir(), 'compose-secrets-'));
    chmodSync(open, 0o755);
    expect(statSync(makeSecrets(open).folder).mode & 0o777).toBe(0o700);

    const tools = mkdtempSync(join(tmpdir(), 'no-random-'));
    const folder = join(tools, 'secrets');
    onTestFinished(() => rmSync(tools, { recursive: true, force: true }));
    writeFileSync(join(tools, 'od'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const env = { PATH: `${tools}:${process.env.PATH}` };
    const run = () =>
      execFileSync('sh', [join(root, 'tools/compose-secrets.sh'), folder], { env, stdio: 'pipe' });
    expect(run).toThrow('Random bytes could not be read');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('are given to each service that reads them, and to no other', () => {
    for (const { environment = {}, secrets = [] } of Object.values(compose.services)) {
      const files = Object.entries(environment).filter(([name]) => name.endsWith('_FILE'));
      if (files.length === 0) continue;
      expect(files.map(([, path]) => path).sort()).toEqual(
        secrets.map((name) => `/run/secrets/${name}`).sort(),
      );
    }
    expect(compose.services.redis?.secrets).toEqual(['redis-users.acl']);
  });

  test('are taken in production', () => {
    const { folder } = makeSecrets();
    for (const app of ['api', 'worker'] as const) {
      const { environment = {} } = compose.services[app] ?? {};
      const given = Object.entries(environment)
        .filter(([name]) => name.endsWith('_FILE'))
        .map(([name, path]) => [name, path.replace('/run/secrets', folder)]);
      const env = { NODE_ENV: 'production', MAIL_FROM: 'us@example.com', ...Object.fromEntries(given) };
      expect(readEnvironment(variablesOf[app], env).isProduction).toBe(true);
    }
  });
});

describe('compose.postgres.yaml', () => {
  const withDatabase = parse(readText('compose.postgres.yaml')) as Compose;

  test('has secrets that the script makes, for each service that reads them', () => {
    const { folder } = makeSecrets();
    for (const [name, { file }] of Object.entries(withDatabase.secrets)) {
      expect(file).toBe(`./secrets/${name}`);
      expect(readdirSync(folder)).toContain(name);
    }
    for (const { environment = {}, secrets = [] } of Object.values(withDatabase.services)) {
      const files = Object.entries(environment).filter(([name]) => name.endsWith('_FILE'));
      expect(files.map(([, path]) => path)).toEqual(secrets.map((name) => `/run/secrets/${name}`));
    }
  });

  test('leads both apps and the migration to its PostgreSQL, in production', () => {
    const { folder, read } = makeSecrets();
    for (const app of ['api', 'worker', 'migrate']) {
      const { environment = {} } = withDatabase.services[app] ?? {};
      const env = Object.entries(environment).map(([name, value]) => [
        name,
        value.replace('/run/secrets', folder),
      ]);
      const { database } = readEnvironment(databaseVariables, {
        NODE_ENV: 'production',
        ...Object.fromEntries(env),
      });
      expect(database).toMatchObject({
        host: 'postgres',
        database: 'backend_jobs',
        password: read('database-password'),
      });
    }
  });
});

describe('the Redis users of compose.yaml', () => {
  test('are the service, with the rights of docs/redis.md, an operator, and one who may ask whether it lives', async () => {
    const opened = new AsyncDisposableStack();
    onTestFinished(() => opened.disposeAsync());
    const { folder, read } = makeSecrets();
    const users = read('redis-users.acl');
    // Redis starts for everybody, since the test waits for it without a password. Then it loads the file as it is.
    const aclfile = join(folder, 'loaded.acl');
    writeFileSync(aclfile, 'user default on nopass ~* &* +@all\n');
    const redis = await startRedis({ extraArgs: ['--aclfile', aclfile] });
    opened.defer(() => redis.stop());
    const connect = (username?: string, password?: string) => {
      const given = username === undefined ? {} : { username, password: password ?? '' };
      const connection = new Redis(redis.url, {
        ...given,
        retryStrategy: () => null,
        enableReadyCheck: false,
      });
      connection.on('error', () => {});
      opened.defer(() => connection.disconnect());
      return connection;
    };
    const starter = connect();
    writeFileSync(aclfile, `${users}\n`);
    expect(await starter.call('ACL', 'LOAD')).toBe('OK');

    await expect(connect().ping()).rejects.toThrow(/NOAUTH|closed/);
    const health = connect('health', 'any');
    expect(await health.ping()).toBe('PONG');
    await expect(health.info()).rejects.toThrow(/NOPERM/);
    expect(await connect('operator', read('redis-operator-password')).dbsize()).toBe(0);

    const url = read('redis-url').replace('@redis:6379', `@127.0.0.1:${redis.port}`);
    const world = await openWorld(opened, { url });
    const id = await world.signUp('compose@example.com');
    await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
    expect(world.log).not.toMatch(/NOPERM|CONFIG GET is refused/);

    const [, documented = ''] =
      /^ACL SETUSER backend-jobs on >\S+ (.*)$/m.exec(readText('docs/redis.md')) ?? [];
    const [, given = ''] = /^user backend-jobs on >\S+ (.*)$/m.exec(users) ?? [];
    expect(given).toBe(`${documented} +config|get +client|list`);
  });
});
