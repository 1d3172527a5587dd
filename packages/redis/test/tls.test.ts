import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { freePort, startRedis, writeCertificate } from '@backend-jobs/local-services';
import { readEnvironment } from '@backend-jobs/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectProducer, connectWorker, parseRedisUrl, redisVariables } from '../src/index.ts';

const opened = new AsyncDisposableStack();
let folder: string;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redis-tls-'));
  opened.defer(() => rm(folder, { recursive: true }));
  await writeCertificate('own-ca', '127.0.0.1', folder);
  const port = await freePort();
  const redis = await startRedis({
    extraArgs: [
      ...['--tls-port', String(port), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', join(folder, 'certificate.pem'), '--tls-key-file', join(folder, 'key.pem')],
      ...['--tls-ca-cert-file', join(folder, 'ca.pem')],
    ],
  });
  opened.defer(() => redis.stop());
  url = `rediss://127.0.0.1:${port}`;
});
afterAll(() => opened.disposeAsync());

const connect = (env: Record<string, string>) =>
  connectProducer(readEnvironment(redisVariables, { REDIS_URL: url, ...env }).redis, {
    name: 'test',
    keyPrefix: '{test}',
  });

describe('a Redis whose certificate comes from a private authority', () => {
  test('is trusted with REDIS_CA_FILE', async ({ onTestFinished }) => {
    const connection = connect({ REDIS_CA_FILE: join(folder, 'ca.pem') });
    onTestFinished(() => connection.disconnect());
    await once(connection, 'ready');
    expect(await connection.ping()).toBe('PONG');
  });

  test('is not trusted without it', async ({ onTestFinished }) => {
    const connection = connect({});
    onTestFinished(() => connection.disconnect());
    const [error] = await once(connection, 'error');
    expect(String(error)).toMatch(/unable to verify|self-signed certificate/);
  });

  test('REDIS_CA without TLS ends the start', () => {
    const env = { REDIS_URL: 'redis://127.0.0.1', REDIS_CA_FILE: join(folder, 'ca.pem') };
    expect(() => readEnvironment(redisVariables, env)).toThrow('REDIS_CA is set');
  });
});

test.for([connectProducer, connectWorker])(
  '$name shows its password to no server whose certificate nobody known signed',
  async (connectTo, { onTestFinished }) => {
    const [key, cert] = await Promise.all(
      ['key.pem', 'certificate.pem'].map((file) => readFile(join(folder, file))),
    );
    let received = '';
    const server = createServer({ key, cert }, (socket) => {
      socket
        .on('error', () => {})
        .on('data', (bytes) => {
          received += bytes;
        });
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');

    const { port } = server.address() as AddressInfo;
    const connection = connectTo(parseRedisUrl(`rediss://:secret@127.0.0.1:${port}`), {
      name: 'test',
      keyPrefix: '{test}',
    });
    onTestFinished(() => connection.disconnect());
    const [refusal] = await once(connection, 'error', { signal: AbortSignal.timeout(5_000) }).catch(() => []);
    expect(received).toBe('');
    expect(refusal).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  },
);
