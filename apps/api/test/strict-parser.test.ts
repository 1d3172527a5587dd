import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect } from 'vitest';
import { type TestApi, test } from './support/test-api.ts';

/** Sends `text` over a connection as it is, and returns the status lines of all responses until its end. */
const exchange = async ({ app }: TestApi, text: string): Promise<string[]> => {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  let received = '';
  socket
    .on('error', () => {})
    .on('data', (chunk) => {
      received += chunk;
    });
  socket.end(Buffer.from(text, 'latin1'));
  await once(socket, 'close');
  return received.match(/^HTTP\/1\.1 \d{3}/gm) ?? [];
};

const smuggled = 'GET /admin/queues HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (...headers: string[]) =>
  `${['POST /users HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers].join('\r\n')}\r\n\r\n`;

describe('a request in a request', () => {
  test.for([
    ['a length beside chunks', `${post('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
    ['chunks that are not the last coding', `${post('Transfer-Encoding: chunked, identity')}0\r\n\r\n`],
    ['a length with a sign', `${post('Content-Length: +2')}{}`],
    ['a header with a line break that is none', `${post('X-A: a\rContent-Length: 2')}{}`],
    ['a folded header', `${post('Transfer-Encoding:\r\n chunked')}0\r\n\r\n`],
    ['a control character in a header', post('X-A: a\x01b')],
    [
      'a control character in the header of a good request',
      'GET /livez HTTP/1.1\r\nHost: x\r\nX-A: a\x01b\r\n\r\n',
    ],
  ] as const)('gets no response of its own: %s', async ([, text], { api }) => {
    expect(await exchange(api, text + smuggled)).toEqual(['HTTP/1.1 400']);
  });
});

test('no client has more time than the settings say', async ({ api }) => {
  const { requestTimeout, headersTimeout, keepAliveTimeout } = api.app.server;
  expect({ requestTimeout, headersTimeout, keepAliveTimeout }).toEqual({
    requestTimeout: 10_000,
    headersTimeout: 5_000,
    keepAliveTimeout: 72_000,
  });
});
