import { once } from 'node:events';
import {
  type RedisCluster,
  type RedisServer,
  serverFaults,
  startRedis,
  startRedisCluster,
  startSentinels,
} from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectProducer, connectWorker, parseRedisUrl } from '../src/index.ts';

const connectTo = (url: string, keyPrefix: string, connect = connectProducer): Redis => {
  const connection = connect(parseRedisUrl(url), { name: 'test', keyPrefix });
  connection.on('error', () => {});
  onTestFinished(() => connection.disconnect());
  return connection;
};

/** The servers have to agree, which takes them seconds, and several times as many on a busy machine. */
const failover = { timeout: 40_000 };

const portOf = async (connection: Redis): Promise<number> =>
  Number(/tcp_port:(\d+)/.exec(await connection.info('server'))?.[1]);

describe('a connection to a cluster of three masters', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster({ masters: 3, replicas: 1, nodeTimeoutMs: 1_000 });
  });
  afterAll(() => cluster.stop());

  const prefixes = ['{a}', '{b}', '{c}', '{d}', '{e}', '{f}'];

  test('leads to the master that has its keys, whichever node the URL names', async () => {
    const reached = new Set<number>();
    for (const prefix of prefixes) {
      const { port } = await cluster.ownerOf(prefix);
      for (const node of cluster.nodes) {
        const connection = connectTo(`redis+cluster://127.0.0.1:${node.port}`, prefix);
        await once(connection, 'ready');
        expect(await portOf(connection)).toBe(port);
        expect(await connection.set(`${prefix}:key`, 'value')).toBe('OK');
      }
      reached.add(port);
    }
    expect(reached.size).toBe(3);
  });

  test.for(serverFaults)('leads to the new master when the one before $fault', async ({ begin, end }) => {
    const prefix = '{a}';
    const connections = [connectTo(cluster.url, prefix), connectTo(cluster.url, prefix, connectWorker)];
    await Promise.all(connections.map((connection) => once(connection, 'ready')));
    const before = await cluster.ownerOf(prefix);
    await begin(before);
    try {
      const isWritten = (connection: Redis) => connection.set(`${prefix}:key`, 'value').catch(String);
      for (const connection of connections) {
        await expect.poll(() => isWritten(connection), failover).toBe('OK');
        expect(await portOf(connection)).not.toBe(before.port);
      }
    } finally {
      await end(before);
      const admin = new Redis(before.url);
      onTestFinished(() => admin.disconnect());
      await expect.poll(() => admin.info('replication'), failover).toContain('master_link_status:up');
    }
  });

  test('needs two rights besides those on one server', async () => {
    const rights =
      '~{a}* &{a}* +@read +@write +@connection -@dangerous +info +cluster|slots +cluster|keyslot';
    for (const { url } of cluster.nodes) {
      const admin = new Redis(url);
      onTestFinished(() => admin.disconnect());
      await admin.call('ACL', 'SETUSER', 'service', 'on', '>secret', ...rights.split(' '));
    }
    const connection = connectTo(cluster.url.replace('//', '//service:secret@'), '{a}');
    await once(connection, 'ready');
    expect(await connection.set('{a}:key', 'value')).toBe('OK');
  });

  test('leads to the master that its keys have moved to', async () => {
    const prefix = '{moving}';
    const connection = connectTo(cluster.url, prefix);
    await once(connection, 'ready');
    const before = await cluster.ownerOf(prefix);
    const slot = await connection.cluster('KEYSLOT', prefix);
    const admins = cluster.nodes.map(({ url }) => new Redis(url));
    onTestFinished(() => admins.forEach((admin) => void admin.disconnect()));
    const ids = await Promise.all(admins.map((admin) => admin.cluster('MYID')));
    const slots = await connection.cluster('SLOTS');
    const other = slots.find(([, , master]) => master?.[1] !== before.port)?.[2];
    const id = ids[cluster.nodes.findIndex(({ port }) => port === other?.[1])] as string;
    const masters = admins.filter((_, place) => slots.some(([, , master]) => master?.[2] === ids[place]));
    for (const admin of masters) await admin.cluster('SETSLOT', slot, 'NODE', id);
    await expect.poll(() => connection.set(`${prefix}:key`, 'value').catch(String)).toBe('OK');
    expect(await portOf(connection)).toBe(other?.[1]);
  });
});

test('a cluster whose nodes are all away is told as an outage, and found when it is back', async () => {
  const cluster = await startRedisCluster();
  onTestFinished(() => cluster.stop());
  const [node] = cluster.nodes as [RedisServer];
  const connection = connectTo(cluster.url, '{a}');
  await once(connection, 'ready');
  await node.kill();
  const [error] = await once(connection, 'error').catch((reason) => [reason]);
  expect(error).toMatchObject({ message: expect.stringMatching(/ECONNREFUSED|closed/) });
  await expect(connection.get('{a}:key')).rejects.toThrow();
  await node.restart();
  await expect.poll(() => connection.set('{a}:key', 'value').catch(String)).toBe('OK');
});

test('behind Sentinel the connection leads to the new master when the one before was killed', async () => {
  const [master, replica] = await Promise.all([startRedis(), startRedis()]);
  onTestFinished(async () => {
    await Promise.all([master.stop(), replica.stop()]);
  });
  const admin = new Redis(replica.url);
  onTestFinished(() => admin.disconnect());
  await admin.replicaof('127.0.0.1', master.port);
  await expect.poll(() => admin.info('replication')).toContain('master_link_status:up');
  const sentinels = await startSentinels({ master, replicas: 1 });
  onTestFinished(() => sentinels.stop());
  const connections = [connectTo(sentinels.url, '{a}'), connectTo(sentinels.url, '{a}', connectWorker)];
  await Promise.all(connections.map((connection) => once(connection, 'ready')));
  expect(await portOf(connections[0] as Redis)).toBe(master.port);
  await master.kill();
  for (const connection of connections) {
    await expect.poll(() => connection.set('{a}:key', 'value').catch(String), failover).toBe('OK');
    expect(await portOf(connection)).toBe(replica.port);
  }
});
