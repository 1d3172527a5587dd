import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '@backend-jobs/runtime';
import { describe, expect, onTestFinished, test } from 'vitest';
import { databaseVariables } from '../src/index.ts';

const read = (url: string, env: Record<string, string> = {}) =>
  readEnvironment(databaseVariables, { DATABASE_URL: url, ...env }).database;

describe('DATABASE_URL', () => {
  test('leads to a database', () => {
    expect(read('postgres://us%40er:p%2Fw@[::1]/sign%20ups')).toEqual({
      host: '::1',
      port: 5432,
      user: 'us@er',
      password: 'p/w',
      database: 'sign ups',
      tls: undefined,
      prepares: true,
    });
    expect(read('postgresql://u@db:6000/d?sslmode=verify-full')).toMatchObject({
      port: 6000,
      password: undefined,
      tls: { ca: undefined },
    });
  });

  test('may be left out', () => {
    expect(readEnvironment(databaseVariables, {}).database).toBeUndefined();
  });

  test.for([
    ['postgres://db/d', 'must look like'],
    ['postgres://u@db', 'must look like'],
    ['postgres://u@db/d/e', 'must look like'],
    ['mysql://u@db/d', 'must look like'],
    ['postgres://u@db/d?sslmode=require', 'sslmode verify-full, or disable'],
    ['postgres://u@db/d?sslmode=prefer', 'sslmode verify-full, or disable'],
    ['postgres://u@db/d?options=-c%20a=b', 'no parameters but'],
    ['postgres://u@db/d?sslrootcert=/ca.pem', 'must be verify-full'],
    ['postgres://u@db/d?sslmode=verify-full&sslrootcert=/nowhere.pem', 'can not be read'],
  ] as const)('refuses %s', ([url, reason]) => {
    expect(() => read(url)).toThrow(reason);
  });

  test('refuses a sslrootcert that holds no certificates', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'backend-jobs-ca-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'ca.pem'), 'nothing');
    const url = `postgres://u@db/d?sslmode=verify-full&sslrootcert=${join(folder, 'ca.pem')}`;
    expect(() => read(url)).toThrow('holds no certificates in PEM');
  });

  test('must be encrypted in production, unless it stays on this machine or that is allowed', () => {
    const production = { NODE_ENV: 'production' };
    const plain = 'postgres://u@db.example.com/d';
    expect(() => read(plain, production)).toThrow('sslmode=verify-full');
    expect(() => read('postgres://u@127.evil.example/d', production)).toThrow('sslmode=verify-full');
    expect(read(plain, { ...production, DATABASE_ALLOW: 'plaintext' })).toMatchObject({ tls: undefined });
    expect(read(`${plain}?sslmode=verify-full`, production)).toMatchObject({ tls: {} });
    for (const host of ['localhost', '127.0.0.1', '[::1]'])
      expect(read(`postgres://u@${host}/d`, production)).toMatchObject({ tls: undefined });
  });
});
