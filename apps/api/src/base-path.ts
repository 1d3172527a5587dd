import type { IncomingMessage } from 'node:http';
import { type Decoder, InvalidValue } from '@backend-jobs/runtime';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyInstance {
    /** What clients see in front of each path of this API: `/svc`, or nothing. Every link that is made begins with it. */
    basePath: string;
  }
}

const ownPaths =
  /^\/(users|sign-ups|admin|assets|favicon\.ico|docs|openapi\.json|problems|livez|readyz)(\/|$)/;

/** Reads `BASE_PATH`: `/svc`. */
export const basePath: Decoder<string> = (text) => {
  if (!/^(\/[\w~-][\w.~-]*)+$/.test(text))
    throw new InvalidValue('must be a path like /svc, with no slash at its end');
  // Where a proxy has taken the base path off, `/users` would be taken for another one.
  if (ownPaths.test(text)) throw new InvalidValue('must not begin as a path of the API does, like /users');
  return text;
};

export const basePathPlugin = fp(
  async (app: FastifyInstance, options: { basePath: string }) => {
    app.decorate('basePath', options.basePath);
  },
  { name: 'base-path' },
);

/** Takes the base path off a URL, where the proxy in front has not done so. */
export const withoutBasePath =
  (prefix: string) =>
  ({ url = '/' }: Pick<IncomingMessage, 'url'>): string => {
    const rest = url.startsWith(prefix) ? url.slice(prefix.length) : url;
    if (rest === '' || rest.startsWith('?')) return `/${rest}`;
    return rest.startsWith('/') ? rest : url;
  };
