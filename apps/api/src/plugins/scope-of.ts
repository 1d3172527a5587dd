import type { FastifyRequest } from 'fastify';
import { networkOf } from '../network-of.ts';

/** Whose request it is: the name of its API key or, without one, the client's network, of which only a hash may be stored. */
export const scopeOf = ({ ip, caller }: Pick<FastifyRequest, 'ip' | 'caller'>): string =>
  caller || networkOf(ip);
