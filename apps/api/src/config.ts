import { Duration, processEnvironment, Rate } from '@backend-jobs/runtime';
import { type Static, Type } from '@sinclair/typebox';

/** What the README writes where a password has to be. */
const examplePasswords = ['choose-your-own'];

const ProductionPassword = Type.Unsafe<string>({
  type: 'string',
  minLength: 12,
  not: { enum: examplePasswords },
});

const proxy = '(loopback|linklocal|uniquelocal|[0-9a-fA-F.:]+(/[0-9]{1,3})?)';
const apiKey = '[\\w.-]+:[0-9a-f]{64}';

/** The API's environment. Without an admin password the dashboard stays closed; production does not start at all. */
export const ApiConfig = Type.Object(
  {
    ...processEnvironment,
    PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000 }),
    /** How long it goes on accepting after SIGTERM, while who balances the load finds out that it is not ready. */
    DRAIN_DELAY: Duration({ default: '1s' }),
    ADMIN_USER: Type.String({ pattern: '^[^:]+$', default: 'admin' }),
    ADMIN_PASSWORD: Type.Optional(Type.String()),
    /** Sees the dashboard, and changes nothing. */
    VIEWER_USER: Type.String({ pattern: '^[^:]+$', default: 'viewer' }),
    VIEWER_PASSWORD: Type.Optional(Type.String()),
    /** The proxies whose word about the client's address is taken: addresses, networks, or names of `proxy-addr`. */
    TRUST_PROXY: Type.Optional(Type.String({ pattern: `^${proxy}(,${proxy})*$` })),
    /** Who may use `/users`: `name:<SHA-256 of the key, in hex>`, one after the other. */
    API_KEYS: Type.Optional(Type.String({ pattern: `^${apiKey}(,${apiKey})*$` })),
    /** Sign-ups that one API key, or one address, may ask for. */
    RATE_LIMIT: Type.String({ pattern: `${Rate().pattern}|^off$`, default: '600/1m' }),
    /** For a whole request to come in, its headers alone, and the next one on an open connection. */
    REQUEST_TIMEOUT: Duration({ default: '10s' }),
    HEADERS_TIMEOUT: Duration({ default: '5s' }),
    KEEP_ALIVE_TIMEOUT: Duration({ default: '72s' }),
  },
  {
    if: { properties: { NODE_ENV: { const: 'production' } }, required: ['NODE_ENV'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's keyword
    then: {
      required: ['ADMIN_PASSWORD'],
      properties: { ADMIN_PASSWORD: ProductionPassword, VIEWER_PASSWORD: ProductionPassword },
    },
  },
);
export type ApiConfig = Static<typeof ApiConfig>;
