import { freePort } from '../free-port.ts';
import { SmtpServer, type SmtpServerSetup } from './smtp-server.ts';

/**
 * `port` is a free one of 127.0.0.1 by default. `tls` is 'none' by default; its certificate is self-signed, and a
 * client has to be told to take it. With `auth` nobody may mail without.
 */
export type SmtpServerOptions = Partial<SmtpServerSetup>;

/** @throws when the port is taken */
export const startSmtpServer = async ({
  port,
  tls = 'none',
  auth,
  script = {},
}: SmtpServerOptions = {}): Promise<SmtpServer> => {
  const server = new SmtpServer({ port: port ?? (await freePort()), tls, auth, script });
  await server.restart();
  return server;
};
