import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgres, startPostgres, writeCertificate } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { DatabaseOutage } from '../src/index.ts';
import { test } from './support/test-database.ts';

test('a certificate of a private authority is trusted with sslrootcert, for its own address alone', async ({
  open,
  onTestFinished,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'backend-jobs-tls-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeCertificate('own-ca', '127.0.0.1', folder);
  const programs = await findPostgres('system');
  if (!programs) throw new Error('There is no PostgreSQL');
  await chmod(join(folder, 'key.pem'), 0o600);
  await programs.user.give(folder);
  const files = { ssl_cert_file: join(folder, 'certificate.pem'), ssl_key_file: join(folder, 'key.pem') };
  const server = await startPostgres({ programs, settings: { ssl: 'on', ...files } });
  onTestFinished(() => server.stop());
  const isEncrypted = { text: 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()' };
  const verified = `${server.url}?sslmode=verify-full`;
  const trusted = `${verified}&sslrootcert=${join(folder, 'ca.pem')}`;

  expect(await open({ url: trusted }).database.query(isEncrypted)).toEqual([{ ssl: true }]);
  await expect(open({ url: verified }).database.query(isEncrypted)).rejects.toThrow(DatabaseOutage);
  const elsewhere = open({ url: trusted.replace('127.0.0.1', 'localhost') }).database;
  await expect(elsewhere.query(isEncrypted)).rejects.toThrow(/altnames|does not match/i);
});
