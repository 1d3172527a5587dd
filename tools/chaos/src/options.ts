import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * Where the sign-ups are: in Redis, in a Redis Cluster of three masters, or in PostgreSQL, with Redis as a queue that may
 * lose everything.
 */
export type Store = (typeof stores)[number];
const stores = ['redis', 'cluster', 'postgres'] as const;

export interface Options {
  store: Store;
  seed: number;
  minutes: number;
  perSecond: number;
  /** A killed Redis may lose the writes of the last 2 s with 'everysec', and nothing with 'always'. */
  appendfsync: 'everysec' | 'always';
  /** Into how many shards the Redis is divided. */
  shards: 1 | 16;
  /** The folder that the report is written to. */
  report: string;
}

const reports = fileURLToPath(new URL('../../../.data/chaos', import.meta.url));

/** @throws when an option is unknown or has an invalid value */
export const readOptions = (args: string[]): Options => {
  const { values } = parseArgs({
    args,
    options: {
      store: { type: 'string', default: 'redis' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '2' },
      'per-second': { type: 'string', default: '20' },
      appendfsync: { type: 'string', default: 'always' },
      shards: { type: 'string', default: '1' },
      report: { type: 'string', default: reports },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed ${values.seed}: must be a whole number`);
  const { appendfsync } = values;
  const store = stores.find((one) => one === values.store);
  if (!store) throw new Error(`--store ${values.store}: must be redis, cluster or postgres`);
  if (appendfsync !== 'always' && appendfsync !== 'everysec') {
    throw new Error(`--appendfsync ${appendfsync}: must be always or everysec`);
  }
  if (values.shards !== '1' && values.shards !== '16') {
    throw new Error(`--shards ${values.shards}: must be 1 or 16`);
  }
  const shards = values.shards === '16' ? 16 : 1;
  const minutes = positive('--minutes', values.minutes);
  const perSecond = positive('--per-second', values['per-second']);
  return { store, seed, minutes, perSecond, appendfsync, shards, report: values.report };
};

const positive = (option: string, text: string): number => {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`${option} ${text}: must be a number above 0`);
};
