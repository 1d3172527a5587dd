import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

/**
 * Prepares `X-Forwarded-For` for `request.ip`, which takes each entry for an address. Some proxies write a port as well,
 * so that each connection of a client would count as a client of its own; others write `unknown`, or let through what
 * the client made up. What comes before an entry that has no address is left out: the client then counts as the proxy
 * that wrote the entry.
 */
export const forwardedForPlugin = fp(
  async (app: FastifyInstance) => {
    app.addHook('onRequest', async ({ raw: { headers } }) => {
      const given = headers['x-forwarded-for'];
      if (given !== undefined) headers['x-forwarded-for'] = addressesOf([given].flat().join());
    });
  },
  { name: 'forwarded-for' },
);

/** The addresses at the end of the list: the entries that our own proxies have added. */
const addressesOf = (list: string): string => {
  const addresses = list.split(',').map(addressOf);
  return addresses.slice(addresses.lastIndexOf(undefined) + 1).join(', ');
};

/** `198.51.100.8:40001`, `[2001:db8::8]:40001`, `"[2001:db8::8]"` and the like, as the address alone. */
const addressOf = (entry: string): string | undefined => {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const [, v6, v4] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(text) ?? [];
  const address = v6 ?? v4 ?? text;
  return isIP(address) ? address : undefined;
};
