import { isIPv6 } from 'node:net';
import { Address6 } from 'ip-address';

/**
 * The network that an address counts as: an IPv6 address is one of its /64, all of which one household can use, unless it
 * stands for an IPv4 address (RFC 4291, section 2.5.5.2). It is personal: only a hash of it may be stored.
 */
export const networkOf = (ip: string): string => {
  if (!isIPv6(ip)) return ip;
  const address = new Address6(ip);
  if (address.isMapped4()) return address.to4().correctForm();
  return new Address6(`${ip}/64`).startAddress().correctForm();
};
