import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisServer, startRedis, startWire, type Wire } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';

/** A Redis of the service. It may become another server: its name leads to the one that is the master. */
export class RedisPart {
  /** Of each app to the master; also those that are stopped. */
  readonly wires: Wire[] = [];
  server: RedisServer;
  /** A connection of somebody with all rights. */
  operator: Redis;
  readonly #appendfsync: 'everysec' | 'always';
  #demoted: { server: RedisServer; operator: Redis } | undefined;

  static async open(appendfsync: 'everysec' | 'always'): Promise<RedisPart> {
    return new RedisPart(await startRedis({ appendfsync }), appendfsync);
  }

  constructor(server: RedisServer, appendfsync: 'everysec' | 'always') {
    this.server = server;
    this.operator = connectOperator(server);
    this.#appendfsync = appendfsync;
  }

  async openWire(): Promise<Wire> {
    const wire = await startWire(this.server.port);
    this.wires.push(wire);
    return wire;
  }

  /** Another server takes over, without a loss. The old one keeps its connections, and is a replica. */
  async failOver(): Promise<void> {
    const server = await startRedis({ appendfsync: this.#appendfsync });
    const operator = connectOperator(server);
    await operator.replicaof('127.0.0.1', this.server.port);
    await untilInfo(operator, /master_link_status:up/);
    // Until then a crash would lose what it got from the master.
    await untilInfo(operator, /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/);
    await this.operator.call('FAILOVER', 'TO', '127.0.0.1', server.port);
    await untilInfo(operator, /role:master/);
    this.#demoted = { server: this.server, operator: this.operator };
    Object.assign(this, { server, operator });
    for (const wire of this.wires) wire.targetPort = server.port;
  }

  /** The old server goes. */
  async endFailover(): Promise<void> {
    this.#demoted?.operator.disconnect();
    await this.#demoted?.server.stop();
    this.#demoted = undefined;
  }

  async close(): Promise<void> {
    this.operator.disconnect();
    await this.endFailover();
    await Promise.all([this.server.stop(), ...this.wires.map((wire) => wire.stop())]);
  }
}

const connectOperator = (server: RedisServer): Redis =>
  // While the server is away its commands wait.
  new Redis(server.url, { maxRetriesPerRequest: null }).on('error', () => {});

/** @throws when Redis does not say so within half a minute */
const untilInfo = async (operator: Redis, pattern: RegExp): Promise<void> => {
  for (const deadlineMs = Date.now() + 30_000; !pattern.test(await operator.info()); await sleep(50))
    if (Date.now() > deadlineMs) throw new Error(`Redis did not come to ${pattern}`);
};
