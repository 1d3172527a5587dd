import { type RedisSource, startRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import type { Finding } from './report/finding.ts';
import type { Scale } from './scale.ts';
import { type Sink, startSink } from './sink/start-sink.ts';

/** What a measurement is given. All that it starts it puts on `opened`, which its caller closes. */
export interface Bench {
  scale: Scale;
  redisSource: RedisSource;
  /** Another checkout of this repository, of a version before, if it is to take turns with this one. */
  before?: string | undefined;
  opened: AsyncDisposableStack;
}

/** A measurement: what it finds out is numbered as the targets are. */
export interface Measurement {
  title: string;
  ids: readonly number[];
  run: (bench: Bench) => Promise<Finding[]>;
}

export interface Services {
  redis: Redis;
  redisUrl: string;
  sink: Sink;
}

/**
 * A Redis and a sink that nobody else uses. Redis writes its append-only file once a second, and is not to rewrite it by
 * itself: `clearRedis` has that done, between the turns.
 */
export const openServices = async ({ redisSource, opened }: Bench, delayMs = 0): Promise<Services> => {
  const redis = await openRedis({ redisSource, opened });
  const sink = await startSink(delayMs);
  opened.defer(() => sink.stop());
  return { ...redis, sink };
};

export const openRedis = async ({
  redisSource,
  opened,
}: Pick<Bench, 'redisSource' | 'opened'>): Promise<Omit<Services, 'sink'>> => {
  const server = await startRedis({
    source: redisSource,
    appendfsync: 'everysec',
    extraArgs: ['--auto-aof-rewrite-percentage', '0'],
  });
  opened.defer(() => server.stop());
  const redis = new Redis(server.url);
  opened.defer(() => redis.disconnect());
  redis.on('error', () => {}); // a command that fails says so itself
  return { redis, redisUrl: server.url };
};
