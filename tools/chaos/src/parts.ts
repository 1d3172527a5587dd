import type { RedisServer, SmtpServer, Wire } from '@backend-jobs/local-services';
import type { App } from './app.ts';

export interface ApiPart {
  app: App;
  url: string;
  /** Its line to Redis. */
  redisWire: Wire;
}

export interface WorkerPart {
  app: App;
  redisWire: Wire;
  mailWire: Wire;
}

export interface RedisPart {
  server: RedisServer;
  /** All lines that lead to it. */
  wires: Wire[];
}

export interface MailPart {
  server: SmtpServer;
  wires: Wire[];
  /** The addresses that it has ever said 550 to. */
  refused: Set<string>;
}
