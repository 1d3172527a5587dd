import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { writeCertificate } from '@backend-jobs/local-services';
import { expect, test } from 'vitest';
import { connectProducer, connectWorker, parseRedisUrl } from '../src/index.ts';

const connectors = { connectProducer, connectWorker };

test.for(['connectProducer', 'connectWorker'] as const)(
  '%s shows its password to no server whose certificate nobody signed',
  async (kind) => {
    await using opened = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), 'redis-tls-'));
    opened.defer(() => rmSync(folder, { recursive: true }));
    await writeCertificate('self-signed', folder, { PATH: process.env.PATH ?? '' });
    const read = (file: string) => readFileSync(join(folder, file));

    let received = '';
    const server = createServer({ key: read('key.pem'), cert: read('certificate.pem') }, (socket) => {
      socket
        .on('error', () => {})
        .on('data', (bytes) => {
          received += bytes;
        });
    }).listen(0, '127.0.0.1');
    opened.defer(() => void server.close());
    await once(server, 'listening');

    const { port } = server.address() as AddressInfo;
    const connection = connectors[kind](parseRedisUrl(`rediss://:secret@127.0.0.1:${port}`), 'test');
    opened.defer(() => connection.disconnect());
    const [refusal] = await once(connection, 'error', { signal: AbortSignal.timeout(5_000) }).catch(() => []);
    expect(received).toBe('');
    expect(refusal).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  },
);
