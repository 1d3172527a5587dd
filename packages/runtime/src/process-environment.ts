import { Type } from '@sinclair/typebox';
import ms, { type StringValue } from 'ms';

/** A number and its unit: `500ms`, `8s`, `24h`. */
export const Duration = (options: { default: string }) =>
  Type.String({ pattern: '^[0-9]+(ms|s|m|h|d)$', ...options });

export const toMs = (duration: string): number => ms(duration as StringValue);

/** So many in so long: `600/1m`. */
export const Rate = (options: { default?: string } = {}) =>
  Type.String({ pattern: '^[1-9][0-9]*/[1-9][0-9]*(ms|s|m|h|d)$', ...options });

export const toRate = (rate: string): { max: number; durationMs: number } => {
  const [max = '', duration = ''] = rate.split('/');
  return { max: Number(max), durationMs: toMs(duration) };
};

/** What every process of this service reads from its environment. */
export const processEnvironment = {
  NODE_ENV: Type.String({ enum: ['development', 'test', 'production'], default: 'development' }),
  LOG_LEVEL: Type.String({ enum: ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], default: 'info' }),
  HOST: Type.String({ default: '127.0.0.1' }),
  REDIS_URL: Type.String({ pattern: '^rediss?://.' }),
  /** In braces: a hash tag, so that all keys of a deployment lie in one slot of a Redis cluster. */
  KEY_PREFIX: Type.String({ pattern: '^\\{.+\\}$', default: '{backend-jobs}' }),
  /** Ways to lose what was acknowledged that production is to put up with. */
  REDIS_ALLOW: Type.String({
    pattern: '^(eviction|no-persistence)?(,(eviction|no-persistence))*$',
    default: '',
  }),
  /** Keys the hashes that stand for addresses. Set it before the first sign-up: with another one none is found. */
  HASH_SECRET: Type.String({ default: 'not-a-secret' }),
  SHUTDOWN_TIMEOUT: Duration({ default: '8s' }),
};
