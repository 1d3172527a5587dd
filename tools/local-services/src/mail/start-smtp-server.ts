import { freePort } from '../free-port.ts';
import { SmtpServer, type SmtpServerSetup } from './smtp-server.ts';

/**
 * `port` is a free one of 127.0.0.1 by default. `tls` is 'none' by default. The certificate is self-signed,
 * so a client must be configured to accept it. With `auth` the server takes no mail without a login.
 */
export type SmtpServerOptions = Partial<SmtpServerSetup>;

/** @throws when the port is taken */
export const startSmtpServer = async ({
  port,
  tls = 'none',
  auth,
  certificate,
  script = {},
}: SmtpServerOptions = {}): Promise<SmtpServer> => {
  const server = new SmtpServer({ port: port ?? (await freePort()), tls, auth, certificate, script });
  await server.restart();
  return server;
};
