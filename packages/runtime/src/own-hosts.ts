import { hostname, networkInterfaces } from 'node:os';

/**
 * Returns a function that says whether the header `Host` has a name or an address of this machine; the port does not
 * matter. A page of another site can let its own name lead to 127.0.0.1 (DNS rebinding): for the browser it then is of
 * the same origin as a server here, and only this header tells where the page came from.
 *
 * @param boundTo the name or address that the server listens on
 */
export const createOwnHosts = (boundTo: string): ((host: string) => boolean) => {
  const names = new Set(['localhost', hostname().toLowerCase(), boundTo.toLowerCase()]);
  return (host) => {
    const name = nameOf(host);
    return name !== undefined && (names.has(name) || ownAddresses().includes(name));
  };
};

/** Without port and brackets. */
const nameOf = (host: string): string | undefined =>
  /[\s/?#@\\]/.test(host) ? undefined : URL.parse(`http://${host}`)?.hostname.replace(/^\[(.*)\]$/, '$1');

/** Asked for each time: a laptop moves from network to network. */
const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.map(({ address }) => address.replace(/%.*/, '')),
  );
