import { createHash } from 'node:crypto';
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { Problem } from '../problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the API key that the request came with; empty while the API is open. */
    caller: string;
  }
}

/** Names by the SHA-256 of their key, in hex. None: the API is open. */
export type ApiKeys = ReadonlyMap<string, string>;

/**
 * Lets in who has a key (RFC 6750). A key is looked up by its hash: how long that takes says nothing about the key.
 * `always`: also where there are none, and then nobody gets in.
 */
export const requireApiKey =
  (apiKeys: ApiKeys, { always = false } = {}): onRequestAsyncHookHandler =>
  async (request, reply) => {
    if (apiKeys.size === 0 && !always) return;
    const caller = apiKeys.get(sha256(bearerOf(request)));
    if (caller === undefined) {
      reply.header('www-authenticate', 'Bearer realm="Backend Jobs"');
      throw new Problem('unauthorized', apiKeys.size === 0 ? 'Closed: API_KEYS is not set' : undefined);
    }
    request.caller = caller;
  };

const bearerOf = ({ headers }: FastifyRequest): string =>
  /^Bearer +([\x21-\x7e]+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
