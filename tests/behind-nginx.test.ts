import { findMachinePart, findNginx, startNginx } from '@backend-jobs/local-services';
import { beforeEach, expect } from 'vitest';
import { followEvents } from '../apps/api/test/support/follow-events.ts';
import { basic } from './support/login.ts';
import { exchangeRaw } from './support/raw-http.ts';
import { test as base } from './support/world.ts';

const program = await findMachinePart({
  name: 'nginx',
  tests: 'the limits behind a real proxy',
  find: findNginx,
});
beforeEach(program.orSkip);

const test = base.extend('proxied', { scope: 'file' }, async ({ world }, { onCleanup }) => {
  const { url } = await world.startApi({ env: { TRUST_PROXY: '127.0.0.1', RATE_LIMIT: '5/1m' } });
  const nginx = await startNginx({
    program: program.get(),
    // As Azure's gateway writes it: with the port, which differs from connection to connection.
    server: `location / {
      proxy_pass ${url};
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr:$remote_port;
    }`,
  });
  onCleanup(() => nginx.stop());
  return nginx.url;
});

/** Each request has a connection, and so a port, of its own. Returns the status. */
const ask = async (url: string, from: string, lines: string[], body = ''): Promise<number> => {
  const head = [...lines, 'Host: x', `Content-Length: ${body.length}`, 'Connection: close'];
  const answer = await exchangeRaw(url, `${head.join('\r\n')}\r\n\r\n${body}`, from);
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
};

const repeat = async (times: number, work: (number: number) => Promise<number>): Promise<number[]> => {
  const statuses: number[] = [];
  for (let number = 0; number < times; number += 1) statuses.push(await work(number));
  return statuses;
};

const signUp = (url: string, from: string) => (number: number) =>
  ask(
    url,
    from,
    ['POST /users HTTP/1.1', 'Content-Type: application/json'],
    JSON.stringify({ name: 'Ada', email: `nginx.${from}.${number}@example.com` }),
  );

const guess = (url: string, from: string) => (number: number) =>
  ask(url, from, [
    'GET /admin/queues HTTP/1.1',
    `Authorization: ${basic({ user: 'admin', password: `guess-${number}` })}`,
  ]);

test('sign-ups are limited for each client behind a proxy that writes ports', async ({ proxied }) => {
  const statuses = await repeat(8, signUp(proxied, '127.0.0.2'));
  expect(statuses).toEqual([...Array(5).fill(202), ...Array(3).fill(429)]);
  expect(await repeat(1, signUp(proxied, '127.0.0.3'))).toEqual([202]);
});

test('guesses are limited for each client behind a proxy that writes ports', async ({ proxied }) => {
  const statuses = await repeat(40, guess(proxied, '127.0.0.4'));
  expect(statuses).toEqual([...Array(10).fill(401), ...Array(30).fill(429)]);
  expect(await repeat(1, guess(proxied, '127.0.0.5'))).toEqual([401]);
});

test('what is followed live passes a proxy at once, with the first event and the last', async ({
  world,
  proxied,
}) => {
  await Promise.all(world.workers.map((worker) => worker.stop()));
  const { events, ended } = await followEvents(
    `${proxied}/users/${await world.signUp('nginx.live@example.com')}/events`,
  );
  await expect.poll(() => events).toHaveLength(1);
  await world.startWorker();
  await ended;
  expect(events.at(-1)).toMatchObject({ event: 'settled' });
});
