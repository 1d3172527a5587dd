import type { SmtpServer, Wire } from '@backend-jobs/local-services';
import type { App } from './app.ts';

export interface ApiPart {
  app: App;
  url: string;
  /** The wire between it and Redis. */
  redisWire: Wire;
  /** Where there is a PostgreSQL. */
  databaseWire: Wire | undefined;
}

export interface WorkerPart {
  app: App;
  redisWire: Wire;
  databaseWire: Wire | undefined;
  mailWire: Wire;
}

export interface MailPart {
  server: SmtpServer;
  wires: Wire[];
  /** The addresses that it has refused with 550. */
  refused: Set<string>;
}
