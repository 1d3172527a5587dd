import type { Redis, RedisOptions } from 'ioredis';
import { CoalescingRedis } from './coalescing-redis.ts';
import { dropWhenSilent } from './drop-when-silent.ts';
import type { RedisAddress } from './redis-url.ts';
import { noticeRefusals } from './refusals.ts';
import { LastingSentinelConnector } from './sentinel-connector.ts';
import { slotOwnerConnector } from './slot-owner.ts';

/** How long Redis may leave commands unanswered before a connection counts as dead, in ms. */
const silence = {
  producerMs: 400,
  dashboardMs: 15_000,
  subscriberMs: 5_000,
  workerMs: 5_000,
  blockingMs: 15_000,
};

export interface ConnectionOptions {
  /** The connection's name, by which Redis lists it. */
  name: string;
  /** What all keys of this connection begin with. In a cluster it decides to which node it leads. */
  keyPrefix: string;
}

/**
 * A connection for code that serves a request. While Redis is away a command fails at once, and it is never sent a
 * second time: with an offline queue it would wait, time out for the client, and run later all the same. A Redis that
 * has not answered for 400 ms counts as away.
 */
export const connectProducer = (address: RedisAddress, options: ConnectionOptions): Redis =>
  connectImpatient(address, options, silence.producerMs);

/**
 * A connection for the dashboard, whose commands may take long. They must not end the connection that serves requests,
 * so it has one of its own. While Redis is away they fail at once, too.
 */
export const connectDashboard = (address: RedisAddress, options: ConnectionOptions): Redis =>
  connectImpatient(address, options, silence.dashboardMs);

/**
 * A connection for messages, which can do nothing else. It connects when `connect()` is called, and from then on again by
 * itself. Whoever listens has to subscribe anew on each `ready`.
 */
export const connectSubscriber = (address: RedisAddress, options: ConnectionOptions): Redis =>
  connectImpatient(address, options, silence.subscriberMs, { lazyConnect: true, autoResubscribe: false });

const connectImpatient = (
  address: RedisAddress,
  options: ConnectionOptions,
  silenceMs: number,
  more: Pick<RedisOptions, 'lazyConnect' | 'autoResubscribe'> = {},
): Redis => {
  const connection = connect(address, options, {
    ...more,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  dropWhenSilent(connection, silenceMs);
  noticeRefusals(connection, { tellAfterMs: 0 });
  return connection;
};

/**
 * A connection for background work: while Redis is away its commands wait. BullMQ's workers need one of this kind, and
 * duplicate it to wait for jobs; there, a silence of up to 10 s is normal.
 *
 * A command that Redis refuses fails a second later: BullMQ tries again at once, as often as it can, when the fault is
 * not the connection's.
 */
export const connectWorker = (address: RedisAddress, options: ConnectionOptions): Redis => {
  const connection = connect(address, options, { maxRetriesPerRequest: null });
  dropWhenSilent(connection, silence.workerMs);
  noticeRefusals(connection, { tellAfterMs: 1_000 });
  const duplicate = connection.duplicate.bind(connection);
  connection.duplicate = (override) => {
    const copy = duplicate(override);
    dropWhenSilent(copy, silence.blockingMs);
    leaveWhenRefusedItsDatabase(copy);
    return copy;
  };
  return connection;
};

const connect = (
  address: RedisAddress,
  { name, keyPrefix }: ConnectionOptions,
  more: Omit<RedisOptions, 'replyMapping'>,
): Redis => {
  const connection = new CoalescingRedis({
    ...address,
    ...('nodes' in address && { Connector: slotOwnerConnector(address, keyPrefix) }),
    ...('sentinels' in address && { Connector: LastingSentinelConnector }),
    ...more,
    connectionName: name,
    connectTimeout: 2_000,
    sentinelCommandTimeout: 1_000,
    // In a cluster the other nodes are there, and one of them will soon have the keys.
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 'nodes' in address ? 250 : 1_000),
    // A silent line is half-closed first. By default ioredis waits 2 s for the other end, and so do the commands.
    disconnectTimeout: 50,
    reconnectOnError: createDemotionCheck(),
  });
  leaveWhenRefusedItsDatabase(connection);
  return connection;
};

/**
 * A master that became a replica keeps its connections, and its name may lead to the new master by now. It says
 * `READONLY` to a write, and `UNBLOCKED` to a client that waited; in a cluster `MOVED` to all, as does a master whose keys
 * have moved. At most one new connection a second, in case there is no new master.
 */
const createDemotionCheck = () => {
  let droppedAtMs = Number.NEGATIVE_INFINITY;
  return (error: Error): boolean => {
    if (!/\b(READONLY|UNBLOCKED|MOVED)\b/.test(error.message) || performance.now() - droppedAtMs < 1_000)
      return false;
    droppedAtMs = performance.now();
    return true;
  };
};

/** ioredis would go on in database 0, which may be somebody else's. */
const leaveWhenRefusedItsDatabase = (connection: Redis): void => {
  connection.on('error', (error: Error & { command?: { name: string } }) => {
    if (error.command?.name === 'select') connection.disconnect(true);
  });
};
