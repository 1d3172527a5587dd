import { type CountsLayout, readHourlyCounts } from '@backend-jobs/redis';
import type { Redis } from 'ioredis';

/** For two days. Strangers choose the domains, so there are not too many of them: 2,000 of domain and result an hour. */
export const deliveriesLayout = (keyPrefix: string): CountsLayout => ({
  keyPrefix,
  name: 'deliveries',
  hours: 48,
  most: 2_000,
});

const results = ['taken', 'deferred', 'refused', 'uncertain'] as const;
export type Result = (typeof results)[number];

/** What the mail server did with the messages to a recipient's domain, as often as it was asked. */
export type Delivery = { domain: string } & Record<Result, number>;

/** Below so many messages a domain may be a single person's, and is not shown by itself. */
const fewMessages = 5;
const mostDomains = 1_000;

/**
 * Deliveries by domain since `fromMs`, at most 48 hours, the most first. Domains with fewer than five messages, and those
 * after the first 1,000, are added up as `other`, the last. What a worker has counted in its last 10 s is not there yet, or
 * lost if it was killed.
 */
export const readDeliveries = async (
  connection: Redis,
  keyPrefix: string,
  fromMs: number,
): Promise<Delivery[]> => {
  const byDomain = new Map<string, Delivery>();
  for (const { counts } of await readHourlyCounts(connection, deliveriesLayout(keyPrefix), fromMs)) {
    for (const [name, count] of counts) {
      const [result = '', domain = ''] = name.split(' ');
      addTo(byDomain, domain, { [result]: count });
    }
  }
  const rest = byDomain.get('other');
  byDomain.delete('other');
  const sorted = [...byDomain.values()].sort((a, b) => totalOf(b) - totalOf(a));
  const shown = sorted.filter((delivery, place) => place < mostDomains && totalOf(delivery) >= fewMessages);
  const others = new Map<string, Delivery>(rest && [['other', rest]]);
  for (const delivery of sorted.slice(shown.length)) addTo(others, 'other', delivery);
  return [...shown, ...others.values()];
};

const addTo = (deliveries: Map<string, Delivery>, domain: string, added: Partial<Delivery>): void => {
  const delivery = deliveries.get(domain) ?? { domain, taken: 0, deferred: 0, refused: 0, uncertain: 0 };
  for (const result of results) delivery[result] += added[result] ?? 0;
  deliveries.set(domain, delivery);
};

const totalOf = ({ taken, deferred, refused, uncertain }: Delivery): number =>
  taken + deferred + refused + uncertain;
