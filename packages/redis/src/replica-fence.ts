import { type Redis, ReplyError } from 'ioredis';
import { readInfo } from './read-info.ts';

/** For how long replicas may leave a write unacknowledged. */
const waitMs = 200;

/** Resolves when the replicas have what its caller has written. Rejects, as in an outage, when they do not have it in time. */
export type ReplicaFence = () => Promise<void>;

interface Waiting {
  /** The server that has what was written. */
  server: string | undefined;
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * Waits until `replicas` of Redis have all that `connection` has written. Redis answers a write before its replicas have
 * it: if it dies then, one of them takes over without that write.
 *
 * `WAIT` holds up all that its connection sends after it. So there is a second one, `fence`, which waits once at a time, for
 * all who have asked meanwhile. Its own write comes after theirs in the order in which replicas get writes, if both
 * connections lead to the same server; that is compared, since a failover may lie between them.
 *
 * @see https://redis.io/docs/latest/commands/wait/, which says why this is no guarantee
 */
export const createReplicaFence = (
  connection: Redis,
  fence: Redis,
  { keyPrefix, replicas }: { keyPrefix: string; replicas: number },
): ReplicaFence => {
  const serverOfWrites = watchServer(connection);
  const serverOfFence = watchServer(fence);
  const key = `${keyPrefix}:fence`;
  let waiting: Waiting[] = [];
  let isBusy = false;

  /** @throws when they do not have it */
  const waitForReplicas = async (): Promise<void> => {
    const replies = (await fence.pipeline().incr(key).wait(replicas, waitMs).exec()) ?? [];
    const [[refusal] = [], [failure, count] = []] = replies;
    const error = refusal ?? failure;
    if (error) throw error;
    if (Number(count) < replicas)
      throw noReplicas(`${count} of ${replicas} replicas have the sign-up after ${waitMs} ms`);
  };

  const pass = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    while (waiting.length > 0) {
      const passing = waiting;
      waiting = [];
      const server = serverOfFence();
      const error = await waitForReplicas().catch((reason: Error) => reason);
      for (const { server: written, resolve, reject } of passing) {
        if (error) reject(error);
        else if (written === undefined || written !== server || serverOfFence() !== server)
          reject(noReplicas('Another Redis has the sign-up than the one whose replicas were asked'));
        else resolve();
      }
    }
    isBusy = false;
  };

  return () =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ server: serverOfWrites(), resolve, reject });
      void pass();
    }).catch((error: Error) => {
      connection.emit('refused', error);
      throw error;
    });
};

const noReplicas = (reason: string): Error => new ReplyError(`NOREPLICAS ${reason}`);

/** Which server the connection leads to; `undefined` while that is not known. */
const watchServer = (connection: Redis): (() => string | undefined) => {
  let server: string | undefined;
  const read = async () => {
    server = (await readInfo(connection)).run_id;
  };
  connection.on('close', () => {
    server = undefined;
  });
  connection.on('ready', read);
  if (connection.status === 'ready') void read();
  return () => server;
};
