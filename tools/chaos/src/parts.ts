import type { SmtpServer, Wire } from '@backend-jobs/local-services';
import type { App } from './app.ts';

export interface ApiPart {
  app: App;
  url: string;
  /** The wire between it and Redis. Nothing is between it and a cluster, whose masters say themselves where they are. */
  redisWire: Wire | undefined;
  /** Where there is a PostgreSQL. */
  databaseWire: Wire | undefined;
}

export interface WorkerPart {
  app: App;
  redisWire: Wire | undefined;
  databaseWire: Wire | undefined;
  mailWire: Wire;
}

export interface MailPart {
  server: SmtpServer;
  wires: Wire[];
  /** The addresses that it has refused with 550. */
  refused: Set<string>;
}
