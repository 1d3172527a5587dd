import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';

/**
 * Whose request it is: the name of its API key or, without one, the client's address. An IPv6 address counts as its /64
 * network, all of which one household can use. An address is personal: only a hash of it may be stored.
 */
export const scopeOf = ({ ip, caller }: Pick<FastifyRequest, 'ip' | 'caller'>): string =>
  caller || normalizeIP(ip, 64);
