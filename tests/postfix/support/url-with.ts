import type { Postfix } from '@backend-jobs/local-services';

/**
 * Reaches this machine as well as 127.0.0.1 does, and is no address of the loopback network: nobody may take
 * it for one where passwords need no TLS.
 */
export const notLoopback = '0.0.0.0';

/** The URL of this Postfix, with a user; `host` and `port` are Postfix' own by default. */
export const urlWith = (
  postfix: Postfix,
  { user, password, host, port }: { user?: string; password?: string; host?: string; port?: number },
): string => {
  const url = new URL(postfix.url);
  if (user !== undefined) url.username = encodeURIComponent(user);
  if (password !== undefined) url.password = encodeURIComponent(password);
  if (host !== undefined) url.hostname = host;
  if (port !== undefined) url.port = String(port);
  return url.href;
};
