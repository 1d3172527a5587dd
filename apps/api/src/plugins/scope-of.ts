import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { Address6 } from 'ip-address';

type Caller = Pick<FastifyRequest, 'ip' | 'caller'>;

/**
 * Whose address it is: an IPv6 address counts as its /64 network, all of which one household can use, unless it stands for
 * an IPv4 address (RFC 4291, section 2.5.5.2). An address is personal: only a hash of it may be stored.
 */
export const networkOf = (ip: string): string => {
  if (!isIPv6(ip)) return ip;
  const address = new Address6(ip);
  return address.isMapped4()
    ? address.to4().correctForm()
    : new Address6(`${ip}/64`).startAddress().correctForm();
};

/** Whose request it is: the name of its API key or, without one, the client's address (`networkOf`). */
export const scopeOf = ({ ip, caller }: Caller): string => caller || networkOf(ip);

/** The idempotency key of this caller: another one may have the same, for something else. */
export const ownKey = (request: Caller, key: string): string => `${scopeOf(request)} ${key}`;
