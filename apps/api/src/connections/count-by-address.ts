import type { Socket } from 'node:net';
import { networkOf } from '../network-of.ts';

/**
 * Counts the open connections of each address; an IPv6 address counts by its /64 network, as in the rate limits.
 * `exempt` says which addresses are not counted.
 *
 * @returns a function that says whether one more connection is within `max`, and counts it until it closes
 */
export const countByAddress = (max: number, exempt: (address: string) => boolean) => {
  const counts = new Map<string, number>();
  return (socket: Socket): boolean => {
    const { remoteAddress } = socket;
    // It is gone already, and closes.
    if (remoteAddress === undefined) return true;
    if (exempt(remoteAddress)) return true;
    const address = networkOf(remoteAddress);
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left > 0) counts.set(address, left);
      else counts.delete(address);
    });
    return count <= max;
  };
};
