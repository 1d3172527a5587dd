import type { RedisServer } from './redis-server.ts';
import { type RedisOptions, startRedis } from './start-redis.ts';
import { startClusterOfOne } from './start-redis-cluster.ts';
import { startSentinels } from './start-sentinels.ts';

/** `plain` is one server. `cluster` is one as well, with all slots, and `sentinel` is one that a sentinel watches. */
export const redisTopologies = ['plain', 'cluster', 'sentinel'] as const;

/** How the service of the tests finds its Redis: `TEST_REDIS`, and `plain` by default. */
export const testRedisTopology = (env: Record<string, string | undefined> = process.env) => {
  const wanted = env.TEST_REDIS || 'plain';
  const topology = redisTopologies.find((each) => each === wanted);
  if (!topology) throw new Error(`TEST_REDIS must be one of ${redisTopologies.join(', ')}`);
  return topology;
};

export interface TestRedisOptions extends RedisOptions {
  /** The port at which the service finds the server, when that of a wire is in front of it. By default the server's own. */
  reachedAt?: number;
}

export type TestRedisServer = RedisServer & {
  /** `REDIS_URL` for the service. `url` leads to the server itself: for tests that look into it by hand. */
  serviceUrl: string;
};

/** Starts a Redis for tests of the service, so that the service finds it in the way that `TEST_REDIS` says. */
export const startTestRedis = async (options: TestRedisOptions = {}): Promise<TestRedisServer> => {
  const opened = new AsyncDisposableStack();
  const { reachedAt, ...more } = options;
  const settings = { ...more, onStopped: () => opened.disposeAsync() };
  const topology = testRedisTopology(options.env);
  if (topology === 'cluster') {
    const announced = reachedAt === undefined ? [] : ['--cluster-announce-port', String(reachedAt)];
    const extraArgs = [...announced, ...(options.extraArgs ?? [])];
    const node = await startClusterOfOne({ ...settings, extraArgs });
    return withServiceUrl(node, `redis+cluster://127.0.0.1:${reachedAt ?? node.port}`);
  }
  const server = await startRedis(settings);
  const port = reachedAt ?? server.port;
  if (topology === 'plain') return withServiceUrl(server, `redis://127.0.0.1:${port}`);
  try {
    const sentinel = await startSentinels({ master: { port }, replicas: 0, count: 1 });
    opened.defer(() => sentinel.stop());
    return withServiceUrl(server, sentinel.url);
  } catch (error) {
    await server.stop();
    throw error;
  }
};

const withServiceUrl = (server: RedisServer, serviceUrl: string): TestRedisServer =>
  Object.assign(server, { serviceUrl });
