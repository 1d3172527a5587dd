import {
  appMain,
  findPostgres,
  type PostgresServer,
  runProgram,
  startPostgres,
  startWire,
  type Wire,
} from '@backend-jobs/local-services';
import { Client } from 'pg';

/** The service's own role. Unlike the administrator it gets no connection once they have run out. */
const role = 'backend_jobs';

/** Enough for the service in its full size, and few enough to be taken by others. */
const maxConnections = 60;

/** The PostgreSQL of the service, with a database that the service owns. */
export class PostgresPart {
  /** Of each app to the server; also those that are stopped. */
  readonly wires: Wire[] = [];
  readonly server: PostgresServer;
  /** The connections of other clients. */
  #others: Client[] = [];

  /** @throws where there is no PostgreSQL */
  static async open(): Promise<PostgresPart> {
    const reports: string[] = [];
    const programs = await findPostgres('system', { report: (line) => void reports.push(line) });
    if (!programs) throw new Error(['There is no PostgreSQL to run the service on', ...reports].join('. '));
    const server = await startPostgres({
      programs,
      settings: { max_connections: String(maxConnections) },
    });
    const part = new PostgresPart(server);
    try {
      await part.administer(`CREATE ROLE ${role} LOGIN`, `GRANT CREATE ON SCHEMA public TO ${role}`);
      const { code, output } = await runProgram(appMain('migrate'), { DATABASE_URL: part.url });
      if (code !== 0) throw new Error(`PostgreSQL could not be migrated: ${output}`);
      return part;
    } catch (error) {
      await part.close();
      throw error;
    }
  }

  private constructor(server: PostgresServer) {
    this.server = server;
  }

  /** Without a wire, as the service's own role. */
  get url(): string {
    return this.#urlOf(this.server.port);
  }

  async openWire(): Promise<Wire> {
    const wire = await startWire(this.server.port);
    this.wires.push(wire);
    return wire;
  }

  urlThrough({ port }: Wire): string {
    return this.#urlOf(port);
  }

  /** Runs statements as somebody with all rights. */
  async administer(...statements: string[]): Promise<void> {
    const client = await connect(this.server.url);
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  /** Ends all connections of the service, as a restart of the server would (57P01). */
  endConnections(): Promise<void> {
    return this.administer(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'backend-jobs %'`,
    );
  }

  /** Other clients take every connection, also those that the service had. */
  async takeConnections(): Promise<void> {
    for (let rounds = 0; rounds < 3; rounds += 1) {
      await this.endConnections();
      let isFull = false;
      while (!isFull) {
        try {
          this.#others.push(await connect(this.url));
        } catch {
          isFull = true;
        }
      }
    }
  }

  /** Another client locks the table, as a migration would. */
  async lock(table: string): Promise<void> {
    const client = await connect(this.server.url);
    this.#others.push(client);
    await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  }

  /** The other clients go, with all that they have taken. */
  async endOthers(): Promise<void> {
    const others = this.#others;
    this.#others = [];
    await Promise.all(others.map((client) => client.end()));
  }

  async close(): Promise<void> {
    await this.endOthers();
    await Promise.all([this.server.stop(), ...this.wires.map((wire) => wire.stop())]);
  }

  #urlOf(port: number): string {
    return `postgres://${role}@127.0.0.1:${port}/postgres`;
  }
}

const connect = async (connectionString: string): Promise<Client> => {
  const client = new Client({ connectionString, application_name: 'chaos' });
  client.on('error', () => {}); // it has ended with the server
  await client.connect();
  return client;
};
