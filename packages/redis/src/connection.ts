import { Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from './redis-url.ts';

/**
 * A connection for who answers a client: a command that Redis can't take at once fails at once, and is never sent a
 * second time. With an offline queue it would wait, time out for the client, and be run later all the same. A Redis
 * that has gone silent counts as away after `silenceMs`.
 */
export const connectProducer = (address: RedisAddress, name: string, silenceMs = 400): Redis => {
  const connection = connect(address, {
    connectionName: name,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  dropWhenSilent(connection, silenceMs);
  return connection;
};

/**
 * A connection for who has time: while Redis is away its commands wait. BullMQ's workers ask for this, and make
 * another of it to wait for jobs on, where a silence of up to 10 s is nothing out of the ordinary.
 */
export const connectWorker = (address: RedisAddress, name: string, silenceMs = 5_000): Redis => {
  const connection = connect(address, { connectionName: name, maxRetriesPerRequest: null });
  dropWhenSilent(connection, silenceMs);
  const duplicate = connection.duplicate.bind(connection);
  connection.duplicate = (override) => {
    const copy = duplicate(override);
    dropWhenSilent(copy, silenceMs + 10_000);
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
 * ioredis' automatic pipelines would send each script's whole text anew with each batch; here a command stays as it is.
 * A duplicate, as BullMQ makes one to wait on, is a plain `Redis`.
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

/**
 * A line whose other end is gone without a word would stay open for a quarter of an hour; here it is cut, and made anew,
 * when commands have gone unanswered for `silenceMs`.
 *
 * Counts rounds of the event loop, not time: after a pause of this process answers may lie unread in the socket, and a
 * timer of so many ms would run out before they are read. A command's own timeout would fail a busy Redis, too.
 */
const dropWhenSilent = (connection: Redis, silenceMs: number): void => {
  const rounds = 5;
  let silentRounds = 0;
  let bytesReadBefore = 0;
  const watch = setInterval(() => {
    const { bytesRead } = connection.stream ?? { bytesRead: 0 };
    const isSilent = connection.commandQueue.length > 0 && bytesRead === bytesReadBefore;
    silentRounds = isSilent ? silentRounds + 1 : 0;
    bytesReadBefore = bytesRead;
    if (silentRounds < rounds) return;
    silentRounds = 0;
    connection.disconnect(true);
  }, silenceMs / rounds);
  // Not ended with the connection: BullMQ ends one that blocks for too long, and opens it again.
  watch.unref();
};

/** What Redis answers with when it can serve nobody, or nobody who writes, at the moment. */
const outageReply =
  /\b(OOM|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS|BUSY|NOAUTH|WRONGPASS|NOPERM|max number of clients)\b/;

/** ioredis' words for a connection that is not there; it has no class for them. */
const brokenLine = /^(Connection is closed|Stream isn't writeable|connect ETIMEDOUT)/;

/**
 * Whether `error` tells that Redis could not be reached or could not serve, and not that there is a fault in what it was
 * asked.
 */
export const isOutage = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  switch (error.name) {
    case 'ReplyError':
      return outageReply.test(error.message);
    case 'AbortError':
    case 'MaxRetriesPerRequestError':
      return true;
    default:
      return 'syscall' in error || brokenLine.test(error.message);
  }
};

/** Tells once that Redis is away, and once that it is back, however many attempts lie between. */
export const tellOutages = (
  connection: Redis,
  tell: { away: (reason: string) => void; back: () => void },
): void => {
  let isAway = false;
  const away = (error?: Error) => {
    if (!isAway) tell.away(error?.message ?? 'the connection was closed');
    isAway = true;
  };
  connection.on('error', away);
  connection.on('close', () => connection.status === 'end' || away());
  connection.on('ready', () => {
    if (isAway) tell.back();
    isAway = false;
  });
};
