import { Redis, type RedisOptions } from 'ioredis';

/**
 * A connection for who answers a client: a command that Redis can't take at once fails at once. With an offline queue
 * it would wait, time out for the client, and be run later all the same.
 */
export const connectProducer = (url: string, name: string): Redis =>
  connect(url, {
    connectionName: name,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 400,
  });

/** A connection for who has time: while Redis is away its commands wait. BullMQ's workers ask for this. */
export const connectWorker = (url: string, name: string): Redis =>
  connect(url, { connectionName: name, maxRetriesPerRequest: null });

const connect = (url: string, options: Omit<RedisOptions, 'replyMapping'>): Redis =>
  new Redis(url, { ...options, retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000) });
