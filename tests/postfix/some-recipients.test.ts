import { postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { addresses, countStatuses, timeDelivery, untilOneCopyEach } from './support/deliveries.ts';
import { test } from './support/mail-service.ts';

/** Good ones with the bad ones spread evenly among them, so that none of either are served first. */
const spread = (good: readonly string[], bad: readonly string[]): string[] => {
  const every = Math.floor(good.length / bad.length);
  return good.flatMap((address, index) => {
    const turn = index % every === 0 ? bad[index / every] : undefined;
    return turn === undefined ? [address] : [turn, address];
  });
};

/** Each at a domain of its own, but for those that are slow: these share one domain, by subdomains. */
const badAddresses = (kind: string, count: number): string[] =>
  kind === 'slow'
    ? Array.from({ length: count }, (_, index) => `slow.${index}@host${index}.slow.example`)
    : addresses(kind, count, count);

describe('what Postfix says of some recipients is not held against the others', () => {
  test.for([
    ['code421', { failed: 0, cause: 'Come back later' }],
    ['code450', { failed: 0, cause: 'The mailbox is busy' }],
    ['code454', { failed: 0, cause: 'No mail for this one now' }],
    ['code550', { failed: 60, cause: 'No such mailbox' }],
    ['slow', { failed: 0, cause: '' }],
  ] as const)(
    '300 messages go at half their rate or better beside 60 of %s',
    async ([kind, expected], { open }) => {
      const service = await open(postfixConfig.faultyRecipients);
      const alone = await timeDelivery(service, addresses('alone', 300));
      const good = addresses('good', 300);
      const bad = badAddresses(kind, 60);
      const together = spread(good, bad);
      const beside = await timeDelivery(service, together, { awaited: good, withinMs: 2 * alone.tookMs });
      await untilOneCopyEach(service.postfix, good);

      const badIds = beside.ids.filter((_, index) => bad.includes(together[index] as string));
      const failed = async () => (await countStatuses(service.world, badIds)).failed ?? 0;
      await expect.poll(failed).toBe(expected.failed);
      await expect.poll(() => service.world.log).toContain(expected.cause);
    },
  );

  test('three of them do not stop a worker that sends two at a time', async ({ open }) => {
    const service = await open(postfixConfig.faultyRecipients, { EMAILS_CONCURRENCY: '2' });
    const alone = await timeDelivery(service, addresses('alone', 60));
    const good = addresses('good', 60);
    const bad = ['code421', 'code454', 'code450'].flatMap((kind) => badAddresses(kind, 1));
    await timeDelivery(service, [...bad, ...good], { awaited: good, withinMs: 2 * alone.tookMs });
  });
});
