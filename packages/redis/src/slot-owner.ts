import { connect as connectPlainly } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';
import { AbstractConnector, Redis, type RedisOptions } from 'ioredis';
import { dropWhenSilent } from './drop-when-silent.ts';
import type { HostAndPort, InCluster } from './redis-url.ts';
import { closedSocket } from './sentinel-connector.ts';

/** For each node that is asked. One that hangs must not keep the next from being asked. */
const connectTimeoutMs = 1_000;
const silenceMs = 500;
const betweenRoundsMs = 500;

type Address = InCluster & Pick<RedisOptions, 'username' | 'password' | 'tls'>;

/**
 * Connects to the master of a Redis Cluster that owns the slot of `key`, as ioredis connects to the master that Sentinel
 * names: all keys of a deployment are in one slot. So a connection to a cluster is a plain one, with one line to one node:
 * its silence can be seen, its commands leave in one write, `WAIT` waits for the right replicas. ioredis' own `Cluster` has
 * lines to all nodes, and none of these.
 *
 * Who owns the slot is asked on each new connection. `connection.ts` drops one whose node says that it is another's by now.
 */
export const slotOwnerConnector = (address: Address, key: string): NonNullable<RedisOptions['Connector']> => {
  // All connections learn of nodes from one another.
  const findOwner = createOwnerSearch(address, key);

  return class SlotOwnerConnector extends AbstractConnector {
    constructor(options: unknown) {
      super((options as { disconnectTimeout: number }).disconnectTimeout);
    }

    /** An owner that has been demoted since would only lead elsewhere. */
    override check({ role = 'master' }: { role?: string }): boolean {
      return role === 'master';
    }

    override async connect(emit: (event: string, error: Error) => void) {
      this.connecting = true;
      for (;;) {
        const owner = await findOwner().catch((error: Error) => error);
        if (!this.connecting) return closedSocket();
        if (!(owner instanceof Error)) return this.open(owner);
        emit('error', owner);
        await sleep(betweenRoundsMs, undefined, { ref: false });
      }
    }

    private open(owner: HostAndPort) {
      this.stream = address.tls ? connectSecurely({ ...owner, ...address.tls }) : connectPlainly(owner);
      this.stream.once('error', (error: Error) => {
        this.firstError = error;
      });
      return this.stream;
    }
  };
};

/** Asks one node after the other, each time beginning with another one: the last answer may have been out of date. */
const createOwnerSearch = ({ nodes, ...login }: Address, key: string): (() => Promise<HostAndPort>) => {
  let known = [...nodes];

  const ask = async (node: HostAndPort): Promise<HostAndPort> => {
    const client = new Redis({
      ...login,
      ...node,
      lazyConnect: true,
      enableReadyCheck: false,
      retryStrategy: () => null,
      connectTimeout: connectTimeoutMs,
      connectionName: 'slot-owner',
    });
    client.on('error', () => {}); // the command says it
    const endWatch = dropWhenSilent(client, silenceMs);
    try {
      const [slot, slots] = await Promise.all([client.cluster('KEYSLOT', key), client.cluster('SLOTS')]);
      const masters = slots.flatMap(([from, to, master]) =>
        // A node that does not know under which name it is reached leaves the name out.
        master ? [{ from, to, host: master[0] || node.host, port: master[1] }] : [],
      );
      const owner = masters.find(({ from, to }) => from <= slot && slot <= to);
      if (!owner) throw new Error(`CLUSTERDOWN No node of the cluster has slot ${slot}`);
      for (const { host, port } of masters)
        if (!known.some((other) => other.host === host && other.port === port)) known.push({ host, port });
      return { host: owner.host, port: owner.port };
    } finally {
      endWatch();
      client.disconnect();
    }
  };

  return async () => {
    let failure = new Error('REDIS_URL names no node');
    for (const node of known) {
      known = [...known.filter((other) => other !== node), node];
      try {
        return await ask(node);
      } catch (error) {
        failure = error as Error;
      }
    }
    throw failure;
  };
};
