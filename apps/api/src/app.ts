import type { Shard, Shards, WriteProbe } from '@backend-jobs/redis';
import type { KeyedHash } from '@backend-jobs/runtime';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyPluginAsync, fastify } from 'fastify';
import { type AdminOptions, adminPlugin } from './admin/admin-plugin.ts';
import { basePathPlugin } from './base-path.ts';
import { securityHeadersPlugin } from './headers/security-headers.ts';
import { assetsPlugin } from './pages/assets-plugin.ts';
import { allowedMethodsPlugin } from './plugins/allowed-methods.ts';
import { type ApiKeys, apiKeysPlugin } from './plugins/api-keys.ts';
import { drainingPlugin } from './plugins/draining.ts';
import { forwardedForPlugin } from './plugins/forwarded-for.ts';
import { jsonBodyPlugin } from './plugins/json-body.ts';
import { longResponsesPlugin } from './plugins/long-responses.ts';
import { openapiPlugin } from './plugins/openapi.ts';
import { ownHostsPlugin } from './plugins/own-hosts.ts';
import { type CallerLimit, rateLimitsPlugin } from './plugins/rate-limits.ts';
import { requestHeadPlugin } from './plugins/request-head.ts';
import { requestIdPlugin } from './plugins/request-id.ts';
import { requestLogPlugin } from './plugins/request-log.ts';
import { untrustedProxyWarningPlugin } from './plugins/untrusted-proxy-warning.ts';
import { problemsPlugin } from './problems/problems-plugin.ts';
import { deleteUserRoute } from './routes/delete-user.ts';
import { followSignUpRoute } from './routes/follow-sign-up.ts';
import { getUserRoute } from './routes/get-user.ts';
import { healthRoutes } from './routes/health.ts';
import { listUsersRoute } from './routes/list-users.ts';
import { postUserRoute } from './routes/post-user.ts';
import { problemsPage } from './routes/problems-page.ts';
import { type ServerOptions, serverOptions } from './server-options.ts';
import { signUpPagePlugin } from './sign-up-page/sign-up-page-plugin.ts';
import type { SignUps } from './sign-ups.ts';
import type { SignUpStreams } from './streams/sign-up-streams.ts';

export interface AppOptions extends ServerOptions {
  /** Where the callers are counted. */
  shards: Shards<Pick<Shard, 'connection' | 'keyPrefix'>>;
  canWrite: WriteProbe;
  /** Rejects when the database does not take writes; `undefined` without one. */
  takesWrites?: (() => Promise<void>) | undefined;
  hash: KeyedHash;
  signUps: SignUps;
  streams: SignUpStreams;
  /** Whether there is a page on which people sign up. */
  hasSignUpPage: boolean;
  signUpLimit: CallerLimit | undefined;
  apiKeys: ApiKeys;
  admin: AdminOptions;
  /** Says of the header `Host` whether it is a name of this machine; `undefined` where any name is right. */
  isOwnHost: ((host: string) => boolean) | undefined;
  /** Whether this process is about to stop. Until then it still serves requests. */
  isDraining: () => boolean;
  /** Plugins with hooks for every request and response, those that other hooks refuse too: metrics, traces. */
  observers?: readonly FastifyPluginAsync[];
}

/** Puts the HTTP server together, from parts that the caller opens and closes. It does no I/O. */
export const buildApp = async (options: AppOptions) => {
  const { shards, hash, signUps, streams, signUpLimit, apiKeys, isDraining } = options;
  const app = fastify(serverOptions(options)).withTypeProvider<TypeBoxTypeProvider>();

  await app.register(basePathPlugin, { basePath: options.basePath });
  // The order is that of their hooks: what comes first also applies to requests that a later hook refuses.
  if (options.trustProxy !== undefined) await app.register(forwardedForPlugin);
  for (const observer of options.observers ?? []) await app.register(observer);
  await app.register(requestIdPlugin);
  await app.register(securityHeadersPlugin);
  await app.register(drainingPlugin, { isDraining });
  await app.register(longResponsesPlugin);
  await app.register(problemsPlugin);
  if (options.isOwnHost) await app.register(ownHostsPlugin, { isOwnHost: options.isOwnHost });
  await app.register(requestHeadPlugin);
  await app.register(jsonBodyPlugin);
  await app.register(allowedMethodsPlugin);
  await app.register(apiKeysPlugin, { apiKeys });
  await app.register(requestLogPlugin);
  await app.register(rateLimitsPlugin, { shards, hash, signUpLimit });
  if (options.trustProxy === undefined) await app.register(untrustedProxyWarningPlugin);
  await app.register(openapiPlugin);

  await app.register(postUserRoute, { signUps });
  await app.register(listUsersRoute, { signUps });
  await app.register(getUserRoute, { signUps });
  await app.register(followSignUpRoute, { signUps, streams });
  await app.register(deleteUserRoute, { signUps });
  if (options.hasSignUpPage) await app.register(signUpPagePlugin, { signUps, streams });
  await app.register(healthRoutes, {
    canWrite: options.canWrite,
    takesWrites: options.takesWrites,
    isDraining,
  });
  await app.register(assetsPlugin);
  await app.register(problemsPage);
  await app.register(adminPlugin, { prefix: '/admin', ...options.admin });
  return app;
};
