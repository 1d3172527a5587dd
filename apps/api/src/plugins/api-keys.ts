import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../problems/problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the API key that the request came with; empty for a route that took none. */
    caller: string;
  }
  interface FastifyInstance {
    /** Whether there are no API keys: then everybody may sign up, and see how far a sign-up is. */
    isOpen: boolean;
    /** A hook for a route that always needs an API key: while there are none, nobody may use it. */
    requireApiKey: onRequestAsyncHookHandler;
    /** A hook for a route that anybody may use while there are no API keys. */
    requireApiKeyUnlessOpen: onRequestAsyncHookHandler;
  }
}

/** The names of the API keys, by the SHA-256 of the key in hex. Without any the API is open. */
export type ApiKeys = ReadonlyMap<string, string>;

/** The OpenAPI `security` of a route with the hook `requireApiKey`. */
export const apiKeySecurity = [{ apiKey: [] }];
/** The OpenAPI `security` of a route with the hook `requireApiKeyUnlessOpen`. */
export const apiKeyUnlessOpenSecurity = [...apiKeySecurity, {}];

/** API keys as bearer tokens (RFC 6750), for the routes that ask for one by a hook, and the name of the caller. */
export const apiKeysPlugin = fp(
  async (app: FastifyInstance, { apiKeys }: { apiKeys: ApiKeys }) => {
    const authenticate = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      reply.header('cache-control', 'no-store'); // what it answers is about people
      // Looked up by its hash, so that the time it takes reveals nothing about the key.
      const key = bearerOf(request);
      const caller = key === undefined ? undefined : apiKeys.get(sha256(key));
      if (caller === undefined) {
        reply.header('www-authenticate', 'Bearer realm="Backend Jobs"');
        throw new Problem('unauthorized', app.isOpen ? closed : missing);
      }
      request.caller = caller;
    };

    app.decorate('isOpen', apiKeys.size === 0);
    app.decorateRequest('caller', '');
    app.decorate('requireApiKey', authenticate);
    app.decorate('requireApiKeyUnlessOpen', async (request, reply) => {
      if (!app.isOpen) await authenticate(request, reply);
    });
  },
  { name: 'api-keys' },
);

const missing = 'Send a valid API key in the header `Authorization: Bearer <key>`';
const closed = 'This operation is disabled: API_KEYS is not set';

/** A key that is shorter than this could be found by trying them all. No request gets in with it. */
const shortestKey = 16;

const bearerOf = ({ headers }: FastifyRequest): string | undefined => {
  const token = /^Bearer +([\x21-\x7e]+)$/i.exec(headers.authorization ?? '')?.[1];
  return token && token.length >= shortestKey ? token : undefined;
};

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
