import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../free-port.ts';
import type { RedisServer } from './redis-server.ts';
import { type RedisOptions, startRedis } from './start-redis.ts';

export interface RedisClusterOptions extends Pick<RedisOptions, 'source' | 'appendfsync' | 'extraArgs'> {
  masters?: number;
  /** Of each master. */
  replicas?: number;
  /** After how long without a reply a node counts as gone. */
  nodeTimeoutMs?: number;
}

export interface RedisCluster {
  /** Names all nodes. */
  url: string;
  nodes: RedisServer[];
  /** The master that has the key at the moment, as any node that replies sees it. */
  ownerOf(key: string): Promise<RedisServer>;
  stop(): Promise<void>;
}

const slots = 16_384;
const readyWithinMs = 30_000;

/** Starts a Redis Cluster that only this machine can reach, as `redis-cli --cluster create` would make it. */
export const startRedisCluster = async (options: RedisClusterOptions = {}): Promise<RedisCluster> => {
  const { masters = 1, replicas = 0 } = options;
  const opened = new AsyncDisposableStack();
  try {
    const nodes = await Promise.all(
      Array.from({ length: masters * (1 + replicas) }, async () => {
        const node = await startNode(options);
        opened.defer(() => node.stop());
        return node;
      }),
    );
    await join(nodes, masters);
    return {
      url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
      nodes,
      ownerOf: (key) => ownerOf(nodes, key),
      stop: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
};

/** Starts a cluster with one node, which has all slots. A restart does not change that. */
export const startClusterOfOne = async (options: RedisOptions): Promise<RedisServer> => {
  const node = await startNode(options);
  try {
    await join([node], 1);
    return node;
  } catch (error) {
    await node.stop();
    throw error;
  }
};

const startNode = async ({
  nodeTimeoutMs = 2_000,
  extraArgs = [],
  ...options
}: RedisOptions & Pick<RedisClusterOptions, 'nodeTimeoutMs'>) =>
  startRedis({
    ...options,
    extraArgs: [
      ...['--cluster-enabled', 'yes', '--cluster-node-timeout', String(nodeTimeoutMs)],
      ...['--cluster-port', String(await freePort()), '--cluster-announce-ip', '127.0.0.1'],
      // The other masters go on while the slots of one have no owner.
      ...['--cluster-require-full-coverage', 'no'],
      ...extraArgs,
    ],
  });

const join = async (nodes: readonly RedisServer[], masters: number): Promise<void> => {
  const clients = nodes.map(({ url }) => new Redis(url));
  try {
    await Promise.all(clients.map((client, place) => client.call('CLUSTER', 'SET-CONFIG-EPOCH', place + 1)));
    await Promise.all(
      clients
        .slice(0, masters)
        .map((client, place) => client.cluster('ADDSLOTSRANGE', ...rangeOf(place, masters))),
    );
    const [first] = clients as [Redis];
    const [known] = nodes as [RedisServer];
    const busPort = Number(((await first.config('GET', 'cluster-port')) as string[])[1]);
    await Promise.all(
      clients.slice(1).map((client) => client.call('CLUSTER', 'MEET', '127.0.0.1', known.port, busPort)),
    );
    await until(clients, async (client) =>
      (await client.cluster('INFO')).includes(`cluster_known_nodes:${nodes.length}`),
    );
    const ids = await Promise.all(clients.map((client) => client.cluster('MYID')));
    await Promise.all(
      clients
        .slice(masters)
        .map((client, place) => client.cluster('REPLICATE', ids[place % masters] as string)),
    );
    await until(clients, async (client) => (await client.cluster('INFO')).includes('cluster_state:ok'));
    await until(clients.slice(masters), async (client) =>
      (await client.info('replication')).includes('master_link_status:up'),
    );
  } finally {
    for (const client of clients) client.disconnect();
  }
};

const rangeOf = (place: number, masters: number): [number, number] => [
  Math.ceil((slots * place) / masters),
  Math.ceil((slots * (place + 1)) / masters) - 1,
];

const until = async (
  clients: readonly Redis[],
  isReady: (client: Redis) => Promise<boolean>,
): Promise<void> => {
  const deadlineMs = performance.now() + readyWithinMs;
  for (;;) {
    const ready = await Promise.all(clients.map(isReady));
    if (ready.every(Boolean)) return;
    if (performance.now() > deadlineMs) throw new Error('The Redis cluster was not ready in time');
    await sleep(50);
  }
};

const ownerOf = async (nodes: readonly RedisServer[], key: string): Promise<RedisServer> => {
  for (const { url } of nodes) {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, commandTimeout: 2_000 });
    client.on('error', () => {}); // the command says it
    try {
      const [slot, ranges] = await Promise.all([client.cluster('KEYSLOT', key), client.cluster('SLOTS')]);
      const owner = ranges.find(([from, to]) => from <= slot && slot <= to)?.[2];
      const found = nodes.find(({ port }) => port === owner?.[1]);
      if (found) return found;
    } catch {
      // Another node may know.
    } finally {
      client.disconnect();
    }
  }
  throw new Error(`No node knows who has ${key}`);
};
