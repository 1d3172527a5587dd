import { InvalidValue } from '@backend-jobs/runtime';
import proxyAddr from '@fastify/proxy-addr';

/**
 * Tries what `TRUST_PROXY` holds with the parser that Fastify gives it to, and returns it for Fastify.
 *
 * @throws {InvalidValue} also for networks that together are the whole internet: anybody could then forge an
 * address
 */
export const trustedProxies = (text: string): string[] => {
  const proxies = text.split(',').map((entry) => entry.trim());
  const isTrusted = compile(proxies);
  if (!isTrusted)
    throw new InvalidValue(
      'must be a list of addresses, networks like 10.0.0.0/8, loopback, linklocal or uniquelocal',
    );
  const trustsBoth = (first: string, last: string) => isTrusted(first, 0) && isTrusted(last, 0);
  if (trustsBoth('0.0.0.1', '255.255.255.254') || trustsBoth('::2', 'ffff::1'))
    throw new InvalidValue('must not trust every address: name the networks of your proxies');
  return proxies;
};

/** A function that says whether an address is that of one of `proxies`. */
export const trusts = (proxies: string[] | undefined): ((address: string) => boolean) => {
  const compiled = proxies && proxyAddr.compile(proxies);
  return (address) => compiled?.(address, 0) ?? false;
};

const compile = (proxies: string[]) => {
  // It would take a number for an address, 0.0.0.1, where Express takes one for so many proxies.
  if (proxies.some((proxy) => /^[0-9]+$/.test(proxy))) return undefined;
  try {
    return proxyAddr.compile(proxies);
  } catch {
    return undefined;
  }
};
