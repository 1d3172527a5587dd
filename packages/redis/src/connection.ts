import { Redis, type RedisOptions } from 'ioredis';
import { dropWhenSilent } from './drop-when-silent.ts';
import type { RedisAddress } from './redis-url.ts';

/** How long Redis may leave commands unanswered before a connection counts as dead, in ms. */
const silence = { producerMs: 400, workerMs: 5_000, blockingMs: 15_000 };

/**
 * A connection for code that serves a request. While Redis is away a command fails at once, and it is never sent a
 * second time: with an offline queue it would wait, time out for the client, and run later all the same. A Redis that
 * has not answered for 400 ms counts as away.
 */
export const connectProducer = (address: RedisAddress, name: string): Redis => {
  const connection = connect(address, {
    connectionName: name,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  dropWhenSilent(connection, silence.producerMs);
  return connection;
};

/**
 * A connection for background work: while Redis is away its commands wait. BullMQ's workers need one of this kind, and
 * duplicate it to wait for jobs; there, a silence of up to 10 s is normal.
 */
export const connectWorker = (address: RedisAddress, name: string): Redis => {
  const connection = connect(address, { connectionName: name, maxRetriesPerRequest: null });
  dropWhenSilent(connection, silence.workerMs);
  const duplicate = connection.duplicate.bind(connection);
  connection.duplicate = (override) => {
    const copy = duplicate(override);
    dropWhenSilent(copy, silence.blockingMs);
    return copy;
  };
  return connection;
};

const connect = (address: RedisAddress, options: Omit<RedisOptions, 'replyMapping'>): Redis =>
  new CoalescingRedis({
    ...address,
    ...options,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000),
  });

/**
 * Sends the commands of one turn of the event loop in one write, since a system call costs more than most commands.
 * ioredis' automatic pipelines would send each script's whole text again with each batch; here commands stay as they
 * are. A duplicate, such as the one that BullMQ waits on, is a plain `Redis`.
 */
class CoalescingRedis extends Redis {
  override sendCommand(...command: Parameters<Redis['sendCommand']>): unknown {
    const { stream } = this;
    if (stream?.writable && stream.writableCorked === 0) {
      stream.cork();
      setImmediate(() => stream.uncork());
    }
    return super.sendCommand(...command);
  }
}
