import type { ClientConfig } from 'pg';
import type { DatabaseAddress } from './database-url.ts';

/** What pg needs to connect. It gets no `options`, and no setting of the server, which pgbouncer would refuse. */
export const toClientConfig = (address: DatabaseAddress, name: string): ClientConfig => ({
  host: address.host,
  port: address.port,
  user: address.user,
  password: address.password ?? '',
  database: address.database,
  application_name: `backend-jobs ${name}`,
  keepAlive: true,
  ssl: address.tls ? { ...(address.tls.ca && { ca: address.tls.ca }) } : false,
});
