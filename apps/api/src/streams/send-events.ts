import type { UserId } from '@backend-jobs/sign-ups';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { markAsStream } from '../connections/create-server.ts';
import { scopeOf } from '../plugins/scope-of.ts';
import { Problem } from '../problems/problem.ts';
import type { SignUps } from '../sign-ups.ts';
import { statusEvent, type ToJson } from './sign-up-event.ts';
import type { SignUpStreams } from './sign-up-streams.ts';

interface EventsOf {
  id: UserId;
  signUps: SignUps;
  streams: SignUpStreams;
  toJson: ToJson;
}

/**
 * Answers a request with how far the sign-up is, live. A client that reconnects and knows the end already gets
 * 204, which stops a browser's `EventSource` from reconnecting.
 *
 * @throws {Problem} `not-found`, `unavailable`
 */
export const sendEvents = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { id, signUps, streams, toJson }: EventsOf,
): Promise<void> => {
  const found = await signUps.find(id);
  if (!found) throw new Problem('not-found');
  reply.header('cache-control', 'no-store');
  if (found.isSettled && statusEvent(found, toJson).id === request.headers['last-event-id']) {
    await reply.code(204).send();
    return;
  }
  const client = scopeOf(request);
  if (!found.isSettled) streams.requireRoom(client);

  reply.hijack();
  const { raw: response } = reply;
  response.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream',
    'x-accel-buffering': 'no', // nginx passes each event on at once
    connection: 'close', // so that a process which stops need not wait for the client to close it
  });
  if (request.method === 'HEAD') response.end();
  else {
    markAsStream(response.socket);
    streams.open(response, { id, found, toJson, client });
  }
};
