import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { describe, expect, onTestFinished } from 'vitest';
import { createSignUpStreams } from '../src/streams/sign-up-streams.ts';
import { type Following, followEvents } from './support/follow-events.ts';
import { signUp, type TestApi, test } from './support/test-api.ts';

const follow = async ({ app }: TestApi, id: string, client: string): Promise<Following> => {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const headers = { 'x-forwarded-for': client };
  const following = await followEvents(`${app.listeningOrigin}/users/${id}/events`, headers);
  onTestFinished(following.leave);
  return following;
};

describe('where all streams are open', () => {
  test('whoever has most makes room for somebody else, and gets none back', async ({ openApi }) => {
    const api = await openApi({ trustProxy: ['loopback'], streamLimits: { max: 3 } });
    const id = await signUp(api, 'crowd@example.com');
    const greedy = [];
    for (let count = 0; count < 3; count += 1) greedy.push(await follow(api, id, '198.51.100.1'));
    expect((await follow(api, id, '198.51.100.1')).response.status).toBe(503);

    const other = await follow(api, id, '198.51.100.2');
    expect(other.response.status).toBe(200);
    await greedy[0]?.ended;
    expect(api.streams.count).toBe(3);
    expect((await follow(api, id, '198.51.100.1')).response.status).toBe(503);
    await expect.poll(() => other.events).toHaveLength(1);

    // One each, so that there is nobody who has more than the newcomer would have.
    expect((await follow(api, id, '198.51.100.3')).response.status).toBe(200);
    expect((await follow(api, id, '198.51.100.4')).response.status).toBe(503);
    expect(api.streams.count).toBe(3);
  });
});

describe('a client who leaves while its sign-up is looked up', () => {
  test('takes no room', async () => {
    const deps = { signUps: { find: async () => undefined }, changes: { follow: () => () => {} } };
    const streams = createSignUpStreams({ ...deps, logger: pino({ level: 'silent' }), max: 3 });
    const left = new Promise<ServerResponse>((resolve) => {
      const server = createServer((_request, response) => response.once('close', () => resolve(response)));
      onTestFinished(() => void server.close());
      server.listen(0, '127.0.0.1', async () => {
        const leaving = request({ port: (server.address() as AddressInfo).port });
        leaving.on('error', () => {}); // it is destroyed
        leaving.end();
        await once(server, 'request');
        leaving.destroy();
      });
    });
    const id = randomUUIDv7();
    const found = { status: { id, status: 'queued' }, isSettled: false } as const;
    streams.open(await left, { id, found, toJson: JSON.stringify, client: '198.51.100.1' });
    expect(streams.count).toBe(0);
  });
});
